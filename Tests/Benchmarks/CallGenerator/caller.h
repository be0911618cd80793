// The callers: each call is INVITE, ACK, a hold, BYE.
#pragma once
#include "wire.h"

typedef struct {
  struct sockaddr_in server, caller, callee;
  unsigned long calls;
  double rate;    // calls for each second
  double hold;    // seconds from the answer to BYE
  bool keep_held; // the hold ends when standard input does
} Plan;

typedef struct {
  unsigned long placed, established, ended, failed, retransmissions, stray;
  // Seconds by which the last placed call of a moment was late, at worst: above a few milliseconds
  // the generator did not keep up with its own rate.
  double lateness;
  float *setups; // milliseconds from INVITE to its 200, for each call that was answered
  unsigned long setup_count;
} CallerCounts;

typedef struct Caller Caller;

Caller *caller_make(const Plan *plan, Wire *wire, double now);
// Each returns whether there was anything to do.
bool caller_place(Caller *caller, double now);
bool caller_wake(Caller *caller, double now);
void caller_receive(Caller *caller, const char *bytes, size_t length, double now);
// Ends the calls that are held, at the rate at which they were placed.
void caller_release(Caller *caller, double now);
bool caller_all_held(const Caller *caller);
bool caller_is_done(const Caller *caller);
const CallerCounts *caller_counts(const Caller *caller);
