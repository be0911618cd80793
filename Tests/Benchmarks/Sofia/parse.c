// What sofia-sip takes to parse each message given: every header to its struct, URIs included, the
// body untouched; allocation and release are part of it. Prints one line of JSON for each message.
//
//   sofia-parse REPETITIONS MESSAGE…
#include <sofia-sip/msg.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_parser.h>
#include <sofia-sip/su_wait.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double cpu_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static size_t read_whole(const char *path, char *bytes, size_t capacity) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  size_t length = fread(bytes, 1, capacity, file);
  fclose(file);
  return length;
}

// How many headers were parsed, 0 when one of them was not understood.
static int parse(const char *bytes, size_t length) {
  msg_t *message = msg_make(sip_default_mclass(), 0, bytes, length);
  sip_t *sip = sip_object(message);
  int headers = 0;
  if (sip && sip->sip_cseq && !sip->sip_error && !sip->sip_unknown) {
    // In the order of the message, from the header behind the start line to the empty line.
    msg_header_t *each = (msg_header_t *)sip->sip_via;
    while (each && each->sh_class != sip_separator_class) {
      headers++;
      each = each->sh_succ;
    }
  }
  msg_destroy(message);
  return headers;
}

static void measure(const char *path, long repetitions) {
  static char bytes[65536];
  size_t length = read_whole(path, bytes, sizeof bytes);
  long good = 0;
  int headers = parse(bytes, length);
  for (long warm = 0; warm < repetitions / 10; warm++) parse(bytes, length);
  double start = cpu_ns();
  for (long done = 0; done < repetitions; done++)
    good += headers && parse(bytes, length) == headers;
  double each = (cpu_ns() - start) / repetitions;
  const char *name = strrchr(path, '/');
  printf("{\"message\":\"%s\",\"bytes\":%zu,\"ns\":%.1f,", name ? name + 1 : path, length, each);
  printf("\"headers\":%d,\"good\":%s}\n", headers, good == repetitions ? "true" : "false");
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  su_init();
  for (int place = 2; place < count; place++) measure(arguments[place], atol(arguments[1]));
  su_deinit();
}
