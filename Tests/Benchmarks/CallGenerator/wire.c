#define _GNU_SOURCE
#include "wire.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 32 };

typedef struct {
  char bytes[BATCH][WIRE_DATAGRAM + 1];
  struct sockaddr_in addresses[BATCH];
  struct iovec vectors[BATCH];
  struct mmsghdr headers[BATCH];
} Batch;

struct Wire {
  int socket;
  int queued;
  unsigned long refused;
  Batch in, out;
};

static void batch_lay_out(Batch *batch) {
  for (int place = 0; place < BATCH; place++) {
    batch->vectors[place] = (struct iovec){batch->bytes[place], WIRE_DATAGRAM};
    batch->headers[place].msg_hdr = (struct msghdr){
        .msg_name = &batch->addresses[place],
        .msg_namelen = sizeof batch->addresses[place],
        .msg_iov = &batch->vectors[place],
        .msg_iovlen = 1,
    };
  }
}

Wire *wire_open(struct sockaddr_in local) {
  Wire *wire = calloc(1, sizeof *wire);
  int size = 4 << 20;
  if (!wire) abort();
  wire->socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(wire->socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(wire->socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  if (bind(wire->socket, (struct sockaddr *)&local, sizeof local)) {
    perror("bind");
    exit(1);
  }
  batch_lay_out(&wire->in);
  batch_lay_out(&wire->out);
  return wire;
}

int wire_socket(const Wire *wire) { return wire->socket; }

int wire_receive(Wire *wire) {
  int count = recvmmsg(wire->socket, wire->in.headers, BATCH, 0, NULL);
  return count > 0 ? count : 0;
}

char *wire_datagram(Wire *wire, int place, size_t *length, struct sockaddr_in *from) {
  *length = wire->in.headers[place].msg_len;
  *from = wire->in.addresses[place];
  wire->in.bytes[place][*length] = 0;
  return wire->in.bytes[place];
}

char *wire_next(Wire *wire) { return wire->out.bytes[wire->queued]; }

void wire_push(Wire *wire, size_t length, struct sockaddr_in to) {
  wire->out.vectors[wire->queued].iov_len = length;
  wire->out.addresses[wire->queued] = to;
  if (++wire->queued == BATCH) wire_flush(wire);
}

void wire_flush(Wire *wire) {
  int sent = 0;
  while (sent < wire->queued) {
    int count = sendmmsg(wire->socket, wire->out.headers + sent, wire->queued - sent, 0);
    if (count <= 0) {
      // The first of the rest was refused: it is lost, as on any network.
      wire->refused++;
      count = 1;
    }
    sent += count;
  }
  wire->queued = 0;
}

unsigned long wire_refused(const Wire *wire) { return wire->refused; }

struct sockaddr_in wire_address(const char *text) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  char host[64];
  unsigned port;
  if (sscanf(text, "%63[0-9.]:%u", host, &port) != 2 ||
      inet_pton(AF_INET, host, &address.sin_addr) != 1) {
    fprintf(stderr, "%s: an address and port was expected\n", text);
    exit(2);
  }
  address.sin_port = htons(port);
  return address;
}
