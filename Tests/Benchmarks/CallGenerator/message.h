// What a user agent needs of a received message, found in one pass over its lines.
#pragma once
#include "text.h"

enum { MAX_VIA = 16, MAX_RECORD_ROUTE = 16 };

typedef struct {
  int status; // 0 for a request
  Text method;
  // Whole lines with their CRLF, to be copied into a response as they are.
  Text via_lines[MAX_VIA];
  size_t via_count;
  Text record_route_lines[MAX_RECORD_ROUTE];
  size_t record_route_count;
  Text from_line, call_id_line, c_seq_line;
  // Values.
  Text record_routes[MAX_RECORD_ROUTE];
  Text from, to, c_seq, contact;
} Message;

// false for what is no SIP message.
bool message_read(Message *message, const char *bytes, size_t length);
// The number that a CSeq begins with, and the method behind it.
unsigned long message_c_seq_number(const Message *message);
bool message_answers(const Message *message, const char *method);
