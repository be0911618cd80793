#define _GNU_SOURCE
#include "message.h"

#include <stdlib.h>
#include <string.h>

static void read_header(Message *message, Text name, Text value, Text line) {
  switch (name.start[0] | 0x20) {
  case 'v':
    if (!text_is(name, "Via") && !text_is(name, "v")) return;
    if (message->via_count < MAX_VIA) message->via_lines[message->via_count++] = line;
    return;
  case 'r':
    if (!text_is(name, "Record-Route") || message->record_route_count == MAX_RECORD_ROUTE) return;
    message->record_routes[message->record_route_count] = value;
    message->record_route_lines[message->record_route_count++] = line;
    return;
  case 'f':
    if (!text_is(name, "From") && !text_is(name, "f")) return;
    message->from = value;
    message->from_line = line;
    return;
  case 't':
    if (text_is(name, "To") || text_is(name, "t")) message->to = value;
    return;
  case 'i':
    if (text_is(name, "i")) message->call_id_line = line;
    return;
  case 'm':
    if (text_is(name, "m")) message->contact = value;
    return;
  case 'c':
    if (text_is(name, "Contact")) {
      message->contact = value;
    } else if (text_is(name, "Call-ID")) {
      message->call_id_line = line;
    } else if (text_is(name, "CSeq")) {
      message->c_seq = value;
      message->c_seq_line = line;
    }
    return;
  }
}

static void read_line(Message *message, const char *line, const char *end) {
  const char *colon = memchr(line, ':', end - line);
  if (!colon || colon == line) return;
  const char *name_end = colon;
  while (name_end > line + 1 && name_end[-1] == ' ') name_end--;
  const char *value = colon + 1;
  while (value < end && *value == ' ') value++;
  const char *value_end = end;
  while (value_end > value && (value_end[-1] == '\r' || value_end[-1] == '\n')) value_end--;
  read_header(message, (Text){line, name_end - line}, (Text){value, value_end - value},
              (Text){line, end - line});
}

static void read_start_line(Message *message, const char *line, const char *end) {
  const char *space = memchr(line, ' ', end - line);
  message->method = (Text){line, (space ? space : end) - line};
  if (space && text_is(message->method, "SIP/2.0")) message->status = atoi(space + 1);
}

bool message_read(Message *message, const char *bytes, size_t length) {
  message->status = 0;
  message->via_count = message->record_route_count = 0;
  message->from = message->to = message->c_seq = message->contact = (Text){bytes, 0};
  message->from_line = message->call_id_line = message->c_seq_line = (Text){bytes, 0};
  const char *limit = bytes + length;
  const char *end = memchr(bytes, '\n', length);
  if (!end) return false;
  read_start_line(message, bytes, end);
  for (const char *line = end + 1; line < limit && *line != '\r'; line = end + 1) {
    end = memchr(line, '\n', limit - line);
    if (!end) return false;
    read_line(message, line, end + 1);
  }
  return message->via_count > 0 && message->c_seq.length > 0;
}

unsigned long message_c_seq_number(const Message *message) {
  return strtoul(message->c_seq.start, NULL, 10);
}

bool message_answers(const Message *message, const char *method) {
  const char *space = memchr(message->c_seq.start, ' ', message->c_seq.length);
  if (!space) return false;
  const char *limit = message->c_seq.start + message->c_seq.length;
  return text_is((Text){space + 1, limit - space - 1}, method);
}
