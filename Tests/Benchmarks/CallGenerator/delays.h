// Waiting: all who wait equally long stand in one line, in the order in which they came. So
// nothing is sorted and nobody who waits is looked at before his time.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  double due;
  uint32_t who;
  uint32_t mark; // what the owner said; it tells whether the wait is still wanted
} Wait;

typedef struct {
  double delay;
  Wait *ring;
  size_t head, count, capacity;
} Delay;

void delay_add(Delay *delay, double now, uint32_t who, uint32_t mark);
// Takes out the next one whose time has come.
bool delay_next(Delay *delay, double now, Wait *wait);

// Retransmissions after 0.5, 1, 2, 4 and 4 s (RFC 3261 §17.1.2.2).
enum { RETRANSMISSIONS = 4 };
typedef struct {
  Delay delays[RETRANSMISSIONS];
} Retransmissions;

void retransmissions_set(Retransmissions *these);
void retransmissions_add(Retransmissions *these, unsigned tries, double now, uint32_t who,
                         uint32_t mark);
bool retransmissions_next(Retransmissions *these, double now, Wait *wait);
