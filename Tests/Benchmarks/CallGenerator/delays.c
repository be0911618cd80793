#include "delays.h"

#include <stdlib.h>

static void grow(Delay *delay) {
  size_t capacity = delay->capacity ? delay->capacity * 2 : 1024;
  Wait *ring = malloc(capacity * sizeof *ring);
  if (!ring) abort();
  for (size_t place = 0; place < delay->count; place++)
    ring[place] = delay->ring[(delay->head + place) % delay->capacity];
  free(delay->ring);
  delay->ring = ring;
  delay->head = 0;
  delay->capacity = capacity;
}

void delay_add(Delay *delay, double now, uint32_t who, uint32_t mark) {
  if (delay->count == delay->capacity) grow(delay);
  size_t place = (delay->head + delay->count++) % delay->capacity;
  delay->ring[place] = (Wait){now + delay->delay, who, mark};
}

bool delay_next(Delay *delay, double now, Wait *wait) {
  if (delay->count == 0 || delay->ring[delay->head].due > now) return false;
  *wait = delay->ring[delay->head];
  delay->head = (delay->head + 1) % delay->capacity;
  delay->count--;
  return true;
}

void retransmissions_set(Retransmissions *these) {
  for (int step = 0; step < RETRANSMISSIONS; step++) these->delays[step].delay = 0.5 * (1 << step);
}

void retransmissions_add(Retransmissions *these, unsigned tries, double now, uint32_t who,
                         uint32_t mark) {
  unsigned step = tries < RETRANSMISSIONS ? tries : RETRANSMISSIONS - 1;
  delay_add(&these->delays[step], now, who, mark);
}

bool retransmissions_next(Retransmissions *these, double now, Wait *wait) {
  for (int step = 0; step < RETRANSMISSIONS; step++)
    if (delay_next(&these->delays[step], now, wait)) return true;
  return false;
}
