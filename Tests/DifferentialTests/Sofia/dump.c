// What sofia-sip makes of messages. On the standard input each stands behind its length (four
// octets, the highest first); on the standard output each becomes lines of text and a line with a
// full stop:
//
//   S start line               as sofia-sip writes what it has parsed
//   H Name: value              each header field in its order, a list's values one by one
//   ! Name                     in their place: a header field that it could not parse
//   B length hash              the body
//   X                          there is no message at all
//   F                          a header field without which it would take no message is bad
//
// An octet that is no printable ASCII is written as the character U+E000 plus the octet, in UTF-8.
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>
#include <sofia-sip/su_wait.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 65535, ROOM = 1 << 19 };

static void put(const char *text, size_t length) {
  for (size_t place = 0; place < length; place++) {
    unsigned char octet = text[place];
    if (octet < 0x20 || octet > 0x7e)
      printf("\xee%c%c", 0x80 | octet >> 6, 0x80 | (octet & 0x3f));
    else
      putchar(octet);
  }
}

// FNV-1a of 64 bits.
static uint64_t hash(const char *bytes, size_t length) {
  uint64_t value = 0xcbf29ce484222325u;
  for (size_t place = 0; place < length; place++)
    value = (value ^ (unsigned char)bytes[place]) * 0x100000001b3u;
  return value;
}

// Writes a header from its parsed fields: nothing of the octets that came is used again.
static void line(char kind, const msg_header_t *header) {
  static char text[ROOM];
  ssize_t length = msg_header_e(text, sizeof text, header, MSG_DO_CANONIC);
  if (length < 0 || (size_t)length >= sizeof text) {
    fputs("dump: no room for a header\n", stderr);
    exit(1);
  }
  while (length > 0 && (text[length - 1] == '\r' || text[length - 1] == '\n')) length--;
  putchar(kind);
  putchar(' ');
  put(text, length);
  putchar('\n');
}

static void dump(const msg_header_t *header) {
  const msg_hclass_t *class = header->sh_class;
  if (class == sip_request_class || class == sip_status_class) return line('S', header);
  if (class == sip_separator_class) return;
  if (class == sip_payload_class) {
    const msg_payload_t *body = header->sh_payload;
    printf("B %zu %016llx\n", (size_t)body->pl_len,
           (unsigned long long)hash(body->pl_data, body->pl_len));
    return;
  }
  if (class == sip_error_class) {
    printf("! %s\n", header->sh_error->er_name ? header->sh_error->er_name : "");
    return;
  }
  line('H', header);
}

static void show(const char *bytes, size_t length) {
  msg_t *message = msg_make(sip_default_mclass(), 0, bytes, length);
  sip_t *sip = message ? sip_object(message) : NULL;
  const msg_header_t *first = NULL;
  if (sip && sip->sip_request) first = (msg_header_t *)sip->sip_request;
  if (sip && sip->sip_status) first = (msg_header_t *)sip->sip_status;
  if (!first) puts("X");
  for (const msg_header_t *each = first; each; each = each->sh_succ) dump(each);
  if (first && msg_has_error(message)) puts("F");
  puts(".");
  if (message) msg_destroy(message);
}

int main(void) {
  static char bytes[LONGEST];
  static char output[1 << 16];
  unsigned char head[4];
  su_init();
  setvbuf(stdout, output, _IOFBF, sizeof output);
  // The headers of RFC 3325 and the like as well.
  sip_update_default_mclass(sip_extend_mclass(NULL));
  while (fread(head, 1, sizeof head, stdin) == sizeof head) {
    size_t length = (size_t)head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3];
    if (length > sizeof bytes || fread(bytes, 1, length, stdin) != length) return 1;
    show(bytes, length);
  }
  su_deinit();
  return 0;
}
