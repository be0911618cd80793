#define _GNU_SOURCE
#include "text.h"

#include <string.h>
#include <strings.h>

bool text_is(Text text, const char *word) {
  return strlen(word) == text.length && strncasecmp(text.start, word, text.length) == 0;
}

Text text_parameter(Text text, const char *mark) {
  size_t skip = strlen(mark);
  const char *found = memmem(text.start, text.length, mark, skip);
  if (!found) return (Text){text.start, 0};
  const char *start = found + skip;
  const char *end = start;
  const char *limit = text.start + text.length;
  while (end < limit && *end != ';' && *end != '>' && *end != ' ') end++;
  return (Text){start, end - start};
}

Text text_in_brackets(Text text) {
  const char *open = memchr(text.start, '<', text.length);
  if (!open) return text;
  const char *limit = text.start + text.length;
  const char *close = memchr(open, '>', limit - open);
  return close ? (Text){open + 1, close - open - 1} : text;
}

void write_text(Writing *writing, Text text) {
  if (writing->length + text.length > writing->capacity) {
    writing->overflowed = true;
    return;
  }
  memcpy(writing->start + writing->length, text.start, text.length);
  writing->length += text.length;
}

void write_string(Writing *writing, const char *string) {
  write_text(writing, (Text){string, strlen(string)});
}

void write_number(Writing *writing, unsigned long number) {
  char digits[24];
  size_t place = sizeof digits;
  do {
    digits[--place] = '0' + number % 10;
    number /= 10;
  } while (number);
  write_text(writing, (Text){digits + place, sizeof digits - place});
}
