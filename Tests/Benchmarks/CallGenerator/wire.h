// A UDP socket with a batch of datagrams on the way in and one on the way out.
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Wire Wire;

// Ends the program when the address cannot be had.
Wire *wire_open(struct sockaddr_in local);
int wire_socket(const Wire *wire);
// Takes what has come in; the number of datagrams, which stay valid until the next call.
int wire_receive(Wire *wire);
// Datagrams are given a zero octet at their end, so that numbers in them can be read safely.
char *wire_datagram(Wire *wire, int place, size_t *length, struct sockaddr_in *from);
// A buffer of this size for the next datagram to be sent; wire_push then queues it.
enum { WIRE_DATAGRAM = 8192 };
char *wire_next(Wire *wire);
void wire_push(Wire *wire, size_t length, struct sockaddr_in to);
void wire_flush(Wire *wire);
// Datagrams that the kernel did not take.
unsigned long wire_refused(const Wire *wire);

// "127.0.0.1:5060"; ends the program when it is no such thing.
struct sockaddr_in wire_address(const char *text);
