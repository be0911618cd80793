// The callees: 180 and 200 for each INVITE at once, 200 for each BYE.
#pragma once
#include "wire.h"

typedef struct {
  unsigned long invites, acks, byes, retransmissions, stray;
} CalleeCounts;

typedef struct Callee Callee;

Callee *callee_make(struct sockaddr_in local, Wire *wire);
void callee_receive(Callee *callee, const char *bytes, size_t length, struct sockaddr_in from,
                    double now);
bool callee_wake(Callee *callee, double now);
const CalleeCounts *callee_counts(const Callee *callee);
