#define _GNU_SOURCE
#include "caller.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "delays.h"
#include "message.h"

typedef enum { UNPLACED, INVITING, TALKING, ENDING, ENDED, FAILED } State;

// What a request within the dialog needs, each ended by a zero octet in `text`.
typedef struct {
  size_t tag, routes; // where these begin in `text`; the remote target begins it
  char text[];
} Dialog;

typedef struct {
  State state;
  bool provisional;
  unsigned tries;
  double started; // when the INVITE or the BYE was first sent
  Dialog *dialog;
} Call;

struct Caller {
  Plan plan;
  Wire *wire;
  double began, released;
  double next_due; // when the next call is to be placed
  uint64_t random;
  unsigned long ended_by_release;
  Call *calls;
  Retransmissions retransmissions;
  Delay holds;
  CallerCounts counts;
  unsigned failures_told;
  unsigned run; // tells this run's messages from those of one before
  char host[INET_ADDRSTRLEN];
};

enum { BURST = 8, FAILURES_TOLD = 8 };
static const double GIVE_UP = 10;
static const char REQUEST_URI[] = "sip:+15551234567@example.net";
static const char INVITE_HEADERS[] =
    "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY\r\n"
    "Supported: timer, path, replaces, outbound\r\n"
    "Session-Expires: 1800;refresher=uac\r\n"
    "User-Agent: BenchUA/1.0\r\n"
    "Date: Mon, 06 Jan 2025 10:00:00 GMT\r\n"
    "Content-Type: application/sdp\r\n";
static const char OFFER[] =
    "v=0\r\no=alice 2890844526 2890844526 IN IP4 127.10.0.2\r\ns=-\r\nc=IN IP4 127.10.0.2\r\n"
    "t=0 0\r\nm=audio 49170 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

Caller *caller_make(const Plan *plan, Wire *wire, double now) {
  Caller *caller = calloc(1, sizeof *caller);
  if (!caller) abort();
  caller->plan = *plan;
  caller->wire = wire;
  caller->began = caller->next_due = now;
  caller->random = 0x9e3779b97f4a7c15;
  caller->run = getpid();
  caller->calls = calloc(plan->calls, sizeof *caller->calls);
  caller->counts.setups = calloc(plan->calls, sizeof *caller->counts.setups);
  if (!caller->calls || !caller->counts.setups) abort();
  retransmissions_set(&caller->retransmissions);
  caller->holds.delay = plan->hold;
  inet_ntop(AF_INET, &plan->caller.sin_addr, caller->host, sizeof caller->host);
  return caller;
}

const CallerCounts *caller_counts(const Caller *caller) { return &caller->counts; }

bool caller_is_done(const Caller *caller) {
  return caller->counts.ended + caller->counts.failed == caller->plan.calls;
}

bool caller_all_held(const Caller *caller) {
  return caller->counts.established + caller->counts.failed == caller->plan.calls;
}

// Requests

typedef struct {
  const char *method;
  const char *uri;
  unsigned c_seq;
  bool own_transaction; // an ACK to a 2xx has its own branch, one to a failure the INVITE's
  const char *routes;
  Text to_tag;
} Request;

static void write_call_token(Writing *out, const Caller *caller, unsigned long index) {
  write_number(out, caller->run);
  write_string(out, "-");
  write_number(out, index);
}

static void write_via(Writing *out, const Caller *caller, unsigned long index,
                      const Request *request) {
  write_string(out, " SIP/2.0\r\nVia: SIP/2.0/UDP ");
  write_string(out, caller->host);
  write_string(out, ":");
  write_number(out, ntohs(caller->plan.caller.sin_port));
  write_string(out, ";branch=z9hG4bK-");
  write_call_token(out, caller, index);
  write_string(out, "-");
  write_number(out, request->c_seq);
  write_string(out, request->own_transaction ? "a;rport\r\n" : ";rport\r\n");
}

static void write_dialog_headers(Writing *out, const Caller *caller, unsigned long index,
                                 const Request *request) {
  write_string(out, "Max-Forwards: 70\r\n");
  write_string(out, request->routes);
  write_string(out, "From: \"Alice Example\" <sip:alice@example.com>;tag=");
  write_call_token(out, caller, index);
  write_string(out, "\r\nTo: \"Bob\" <sip:+15551234567@example.net>");
  if (request->to_tag.length) write_string(out, ";tag=");
  write_text(out, request->to_tag);
  write_string(out, "\r\nCall-ID: ");
  write_call_token(out, caller, index);
  write_string(out, "@");
  write_string(out, caller->host);
  write_string(out, "\r\nCSeq: ");
  write_number(out, request->c_seq);
  write_string(out, " ");
  write_string(out, request->method);
  write_string(out, "\r\n");
}

static void write_offer(Writing *out, const Caller *caller) {
  write_string(out, "Contact: <sip:alice@");
  write_string(out, caller->host);
  write_string(out, ":");
  write_number(out, ntohs(caller->plan.caller.sin_port));
  write_string(out, ";transport=udp>\r\n");
  write_string(out, INVITE_HEADERS);
  write_string(out, "Content-Length: ");
  write_number(out, sizeof OFFER - 1);
  write_string(out, "\r\n\r\n");
  write_string(out, OFFER);
}

static void send_request(Caller *caller, unsigned long index, Request request) {
  Writing out = {wire_next(caller->wire), 0, WIRE_DATAGRAM, false};
  write_string(&out, request.method);
  write_string(&out, " ");
  write_string(&out, request.uri);
  write_via(&out, caller, index, &request);
  write_dialog_headers(&out, caller, index, &request);
  if (strcmp(request.method, "INVITE") == 0)
    write_offer(&out, caller);
  else
    write_string(&out, "User-Agent: BenchUA/1.0\r\nContent-Length: 0\r\n\r\n");
  if (!out.overflowed) wire_push(caller->wire, out.length, caller->plan.server);
}

static void send_invite(Caller *caller, unsigned long index) {
  send_request(caller, index, (Request){"INVITE", REQUEST_URI, 1, false, "", {"", 0}});
}

static void send_in_dialog(Caller *caller, unsigned long index, const char *method,
                           unsigned c_seq) {
  const Dialog *dialog = caller->calls[index].dialog;
  const char *tag = dialog->text + dialog->tag;
  send_request(caller, index,
               (Request){.method = method,
                         .uri = dialog->text,
                         .c_seq = c_seq,
                         .own_transaction = c_seq == 1,
                         .routes = dialog->text + dialog->routes,
                         .to_tag = {tag, strlen(tag)}});
}

static void send_ack(Caller *caller, unsigned long index) {
  send_in_dialog(caller, index, "ACK", 1);
}

static void send_bye(Caller *caller, unsigned long index) {
  send_in_dialog(caller, index, "BYE", 2);
}

// The course of a call

static void end_call(Caller *caller, Call *call, State state) {
  call->state = state;
  free(call->dialog);
  call->dialog = NULL;
  if (state == ENDED)
    caller->counts.ended++;
  else
    caller->counts.failed++;
}

// `what` goes to the end of its line.
static void fail_call(Caller *caller, Call *call, const char *what) {
  if (caller->failures_told++ < FAILURES_TOLD)
    fprintf(stderr, "call %td failed: %.*s\n", call - caller->calls, (int)strcspn(what, "\r"),
            what);
  end_call(caller, call, FAILED);
}

static void start_invite(Caller *caller, unsigned long index, double now) {
  Call *call = &caller->calls[index];
  call->state = INVITING;
  call->started = now;
  send_invite(caller, index);
  retransmissions_add(&caller->retransmissions, 0, now, index, INVITING);
}

static void start_bye(Caller *caller, unsigned long index, double now) {
  Call *call = &caller->calls[index];
  call->state = ENDING;
  call->started = now;
  call->tries = 0;
  send_bye(caller, index);
  retransmissions_add(&caller->retransmissions, 0, now, index, ENDING);
}

// Each call has its slot of 1/rate, and comes at a random place in it. Evenly spaced calls would
// keep step with the kernel's ticks (1500/s is six in each of 250), and what the kernel samples at
// its ticks, user against system time, would then be the same moment of a call each time.
static double next_due(Caller *caller) {
  caller->random ^= caller->random << 13;
  caller->random ^= caller->random >> 7;
  caller->random ^= caller->random << 17;
  double part = (caller->random >> 11) * 0x1p-53;
  return caller->began + (caller->counts.placed + part) / caller->plan.rate;
}

bool caller_place(Caller *caller, double now) {
  CallerCounts *counts = &caller->counts;
  int burst = 0;
  while (burst < BURST && counts->placed < caller->plan.calls && caller->next_due <= now) {
    if (now - caller->next_due > counts->lateness) counts->lateness = now - caller->next_due;
    start_invite(caller, counts->placed++, now);
    caller->next_due = next_due(caller);
    burst++;
  }
  return burst > 0;
}

static void retransmit(Caller *caller, Wait wait, double now) {
  Call *call = &caller->calls[wait.who];
  if (call->state != (State)wait.mark) return;
  if (now - call->started > GIVE_UP) {
    fail_call(caller, call, call->state == INVITING ? "INVITE timeout" : "BYE timeout");
    return;
  }
  call->tries++;
  retransmissions_add(&caller->retransmissions, call->tries, now, wait.who, wait.mark);
  // RFC 3261 §17.1.1.2: a provisional response ends the retransmissions of INVITE.
  if (call->state == INVITING && call->provisional) return;
  caller->counts.retransmissions++;
  if (call->state == INVITING)
    send_invite(caller, wait.who);
  else
    send_bye(caller, wait.who);
}

static bool release_held(Caller *caller, double now) {
  if (!caller->released) return false;
  unsigned long due = (now - caller->released) * caller->plan.rate + 1;
  unsigned long *next = &caller->ended_by_release;
  bool any = false;
  for (int burst = 0; burst < BURST && *next < due && *next < caller->plan.calls; burst++) {
    if (caller->calls[*next].state == TALKING) start_bye(caller, *next, now);
    (*next)++;
    any = true;
  }
  return any;
}

bool caller_wake(Caller *caller, double now) {
  bool any = release_held(caller, now);
  Wait wait;
  while (retransmissions_next(&caller->retransmissions, now, &wait)) {
    retransmit(caller, wait, now);
    any = true;
  }
  while (delay_next(&caller->holds, now, &wait)) {
    if (caller->calls[wait.who].state == TALKING) start_bye(caller, wait.who, now);
    any = true;
  }
  return any;
}

void caller_release(Caller *caller, double now) { caller->released = now; }

// Responses

// Copies the text behind what stands there already, with a zero octet; where it begins.
static size_t keep(Writing *out, Text text) {
  size_t start = out->length;
  write_text(out, text);
  write_text(out, (Text){"", 1});
  return start;
}

// The remote target, the remote tag and the route set of RFC 3261 §12.1.2, which is the
// Record-Route values from the last to the first.
static Dialog *dialog_make(const Message *message) {
  char text[4096];
  Writing out = {text, 0, sizeof text, false};
  Dialog parts;
  Text target = message->contact;
  keep(&out, target.length ? text_in_brackets(target) : (Text){REQUEST_URI, strlen(REQUEST_URI)});
  parts.tag = keep(&out, text_parameter(message->to, ";tag="));
  parts.routes = out.length;
  for (size_t left = message->record_route_count; left > 0; left--) {
    write_string(&out, "Route: ");
    write_text(&out, message->record_routes[left - 1]);
    write_string(&out, "\r\n");
  }
  write_text(&out, (Text){"", 1});
  Dialog *dialog = out.overflowed ? NULL : malloc(sizeof *dialog + out.length);
  if (!dialog) return NULL;
  *dialog = parts;
  memcpy(dialog->text, text, out.length);
  return dialog;
}

static void answered(Caller *caller, unsigned long index, const Message *message, double now) {
  Call *call = &caller->calls[index];
  CallerCounts *counts = &caller->counts;
  call->dialog = dialog_make(message);
  if (!call->dialog) {
    fail_call(caller, call, "200 with too long a route set");
    return;
  }
  call->state = TALKING;
  counts->established++;
  counts->setups[counts->setup_count++] = (now - call->started) * 1000;
  send_ack(caller, index);
  if (!caller->plan.keep_held) delay_add(&caller->holds, now, index, TALKING);
}

static void receive_for_invite(Caller *caller, unsigned long index, const Message *message,
                               double now) {
  Call *call = &caller->calls[index];
  if (message->status < 200) {
    call->provisional = true;
  } else if (message->status < 300) {
    if (call->state == INVITING)
      answered(caller, index, message, now);
    else if (call->dialog)
      send_ack(caller, index);
  } else if (call->state == INVITING) {
    Text tag = text_parameter(message->to, ";tag=");
    send_request(caller, index, (Request){"ACK", REQUEST_URI, 1, false, "", tag});
    fail_call(caller, call, message->method.start);
  }
}

static void receive_for_bye(Caller *caller, unsigned long index, const Message *message) {
  Call *call = &caller->calls[index];
  if (call->state != ENDING || message->status < 200) return;
  if (message->status < 300)
    end_call(caller, call, ENDED);
  else
    fail_call(caller, call, message->method.start);
}

// The call that a message is for, known by our own From tag; false when it is of no call of ours.
static bool find_call(const Caller *caller, const Message *message, unsigned long *index) {
  Text tag = text_parameter(message->from, ";tag=");
  char *rest;
  if (strtoul(tag.start, &rest, 10) != caller->run || *rest != '-') return false;
  *index = strtoul(rest + 1, NULL, 10);
  return *index < caller->counts.placed;
}

void caller_receive(Caller *caller, const char *bytes, size_t length, double now) {
  Message message;
  unsigned long index;
  if (!message_read(&message, bytes, length) || message.status == 0 ||
      !find_call(caller, &message, &index)) {
    caller->counts.stray++;
  } else if (message_answers(&message, "INVITE")) {
    receive_for_invite(caller, index, &message, now);
  } else if (message_answers(&message, "BYE")) {
    receive_for_bye(caller, index, &message);
  }
}
