// Text that is read: ranges of a received message. Text that is written: appended to a buffer.
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  const char *start;
  size_t length;
} Text;

bool text_is(Text text, const char *word);
// The value of a parameter such as ";tag=", up to the next one; empty when it is not there.
Text text_parameter(Text text, const char *mark);
// What stands between < and >, or the whole text.
Text text_in_brackets(Text text);

// A message to be sent, as far as it is written. What does not fit is left out and noted.
typedef struct {
  char *start;
  size_t length;
  size_t capacity;
  bool overflowed;
} Writing;

void write_text(Writing *writing, Text text);
void write_string(Writing *writing, const char *string);
void write_number(Writing *writing, unsigned long number);
