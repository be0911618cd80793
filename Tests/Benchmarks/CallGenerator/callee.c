#define _GNU_SOURCE
#include "callee.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "delays.h"
#include "message.h"

// A 200 that waits for its ACK. The callee knows a call by the tag that it gave it.
typedef struct {
  char *text;
  size_t length;
  unsigned tries;
  struct sockaddr_in to;
} Answer;

struct Callee {
  Wire *wire;
  Answer *answers;
  size_t count, capacity;
  Retransmissions retransmissions;
  CalleeCounts counts;
  unsigned port;
  char host[INET_ADDRSTRLEN];
};

enum { MAX_TRIES = 6 };
static const char TAG[] = "callee";
static const char ANSWER_HEADERS[] = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE\r\n"
                                     "Supported: timer, replaces\r\n"
                                     "Content-Type: application/sdp\r\n";
static const char ANSWER[] =
    "v=0\r\no=bob 53655765 2353687637 IN IP4 127.10.0.3\r\ns=-\r\nc=IN IP4 127.10.0.3\r\n"
    "t=0 0\r\nm=audio 59170 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

Callee *callee_make(struct sockaddr_in local, Wire *wire) {
  Callee *callee = calloc(1, sizeof *callee);
  if (!callee) abort();
  callee->wire = wire;
  callee->port = ntohs(local.sin_port);
  inet_ntop(AF_INET, &local.sin_addr, callee->host, sizeof callee->host);
  retransmissions_set(&callee->retransmissions);
  return callee;
}

const CalleeCounts *callee_counts(const Callee *callee) { return &callee->counts; }

static Answer *answer_add(Callee *callee) {
  if (callee->count == callee->capacity) {
    callee->capacity = callee->capacity * 2 + 4096;
    callee->answers = realloc(callee->answers, callee->capacity * sizeof *callee->answers);
    if (!callee->answers) abort();
  }
  Answer *answer = &callee->answers[callee->count++];
  *answer = (Answer){0};
  return answer;
}

// What a response takes over from its request (RFC 3261 §8.2.6.2).
static void write_head(Writing *out, const char *status_line, const Message *request) {
  write_string(out, status_line);
  for (size_t place = 0; place < request->via_count; place++)
    write_text(out, request->via_lines[place]);
  for (size_t place = 0; place < request->record_route_count; place++)
    write_text(out, request->record_route_lines[place]);
  write_text(out, request->from_line);
  write_text(out, request->call_id_line);
  write_text(out, request->c_seq_line);
  write_string(out, "To: ");
  write_text(out, request->to);
}

static void write_contact(Writing *out, const Callee *callee, unsigned long index) {
  write_string(out, ";tag=");
  write_string(out, TAG);
  write_number(out, index);
  write_string(out, "\r\nContact: <sip:bob@");
  write_string(out, callee->host);
  write_string(out, ":");
  write_number(out, callee->port);
  write_string(out, ";transport=UDP>\r\nServer: BenchUAS/1.0\r\n");
}

static void send_written(Callee *callee, const Writing *out, struct sockaddr_in to) {
  if (!out->overflowed) wire_push(callee->wire, out->length, to);
}

static Writing begin(Callee *callee) {
  return (Writing){wire_next(callee->wire), 0, WIRE_DATAGRAM, false};
}

static void send_ringing(Callee *callee, const Message *request, unsigned long index,
                         struct sockaddr_in to) {
  Writing out = begin(callee);
  write_head(&out, "SIP/2.0 180 Ringing\r\n", request);
  write_contact(&out, callee, index);
  write_string(&out, "Content-Length: 0\r\n\r\n");
  send_written(callee, &out, to);
}

static void keep_answer(Answer *answer, const Writing *out, struct sockaddr_in to) {
  answer->text = malloc(out->length);
  if (!answer->text) abort();
  memcpy(answer->text, out->start, out->length);
  answer->length = out->length;
  answer->to = to;
}

static void send_answer(Callee *callee, const Message *request, unsigned long index,
                        struct sockaddr_in to) {
  Writing out = begin(callee);
  write_head(&out, "SIP/2.0 200 OK\r\n", request);
  write_contact(&out, callee, index);
  write_string(&out, ANSWER_HEADERS);
  write_string(&out, "Content-Length: ");
  write_number(&out, sizeof ANSWER - 1);
  write_string(&out, "\r\n\r\n");
  write_string(&out, ANSWER);
  keep_answer(&callee->answers[index], &out, to);
  send_written(callee, &out, to);
}

static void receive_invite(Callee *callee, const Message *request, struct sockaddr_in from,
                           double now) {
  callee->counts.invites++;
  unsigned long index = callee->count;
  answer_add(callee);
  send_ringing(callee, request, index, from);
  send_answer(callee, request, index, from);
  retransmissions_add(&callee->retransmissions, 0, now, index, 0);
}

static void receive_ack(Callee *callee, Text tag) {
  callee->counts.acks++;
  unsigned long index = strtoul(tag.start + sizeof TAG - 1, NULL, 10);
  if (index >= callee->count) return;
  free(callee->answers[index].text);
  callee->answers[index].text = NULL;
}

static void receive_bye(Callee *callee, const Message *request, struct sockaddr_in from) {
  callee->counts.byes++;
  Writing out = begin(callee);
  write_head(&out, "SIP/2.0 200 OK\r\n", request);
  write_string(&out, "\r\nServer: BenchUAS/1.0\r\nContent-Length: 0\r\n\r\n");
  send_written(callee, &out, from);
}

void callee_receive(Callee *callee, const char *bytes, size_t length, struct sockaddr_in from,
                    double now) {
  Message message;
  if (!message_read(&message, bytes, length) || message.status != 0) {
    callee->counts.stray++;
    return;
  }
  Text tag = text_parameter(message.to, ";tag=");
  bool ours = tag.length >= sizeof TAG && strncmp(tag.start, TAG, sizeof TAG - 1) == 0;
  if (text_is(message.method, "INVITE") && tag.length == 0)
    receive_invite(callee, &message, from, now);
  else if (text_is(message.method, "ACK") && ours)
    receive_ack(callee, tag);
  else if (text_is(message.method, "BYE") && ours)
    receive_bye(callee, &message, from);
  else
    callee->counts.stray++;
}

static void retransmit(Callee *callee, Wait wait, double now) {
  Answer *answer = &callee->answers[wait.who];
  if (!answer->text || ++answer->tries > MAX_TRIES) return;
  callee->counts.retransmissions++;
  retransmissions_add(&callee->retransmissions, answer->tries, now, wait.who, 0);
  memcpy(wire_next(callee->wire), answer->text, answer->length);
  wire_push(callee->wire, answer->length, answer->to);
}

bool callee_wake(Callee *callee, double now) {
  Wait wait;
  bool any = false;
  while (retransmissions_next(&callee->retransmissions, now, &wait)) {
    retransmit(callee, wait, now);
    any = true;
  }
  return any;
}
