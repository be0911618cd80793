// Sends requests from many forged sources: flood HOST PORT RATE SECONDS SOURCES
//
// They go to HOST:PORT, from 127.16.0.0 and the SOURCES - 1 addresses behind it, each in its turn:
// all of 127.0.0.0/8 is this machine's own, so it takes no privilege to send from there. Each is an
// INVITE of its own call. Prints how many were sent.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { batch = 64, room = 512 };

struct packet {
  struct iovec part;
  char octets[room];
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
  } control;
};

static struct packet packets[batch];
static struct mmsghdr headers[batch];
static struct sockaddr_in target;

static void write_request(struct packet *packet, unsigned long number, struct in_addr source) {
  char host[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &source, host, sizeof host);
  int count = snprintf(
      packet->octets, room,
      "INVITE sip:flood@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %s:5060;branch=z9hG4bK%lu\r\n"
      "Max-Forwards: 70\r\nFrom: <sip:%lu@example.com>;tag=%lu\r\nTo: <sip:flood@127.0.0.1>\r\n"
      "Call-ID: %lu@flood\r\nCSeq: 1 INVITE\r\nContact: <sip:%s:5060>\r\n"
      "Content-Length: 0\r\n\r\n",
      host, number, number, number, number, host);
  packet->part = (struct iovec){.iov_base = packet->octets, .iov_len = (size_t)count};
}

static void address(struct packet *packet, struct mmsghdr *header, struct in_addr source) {
  memset(header, 0, sizeof *header);
  header->msg_hdr.msg_name = &target;
  header->msg_hdr.msg_namelen = sizeof target;
  header->msg_hdr.msg_iov = &packet->part;
  header->msg_hdr.msg_iovlen = 1;
  header->msg_hdr.msg_control = packet->control.room;
  header->msg_hdr.msg_controllen = sizeof packet->control.room;
  packet->control.head.cmsg_level = IPPROTO_IP;
  packet->control.head.cmsg_type = IP_PKTINFO;
  packet->control.head.cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
  struct in_pktinfo info = {.ipi_spec_dst = source};
  memcpy(CMSG_DATA(&packet->control.head), &info, sizeof info);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count != 6) return 64;
  double rate = atof(arguments[3]), seconds = atof(arguments[4]);
  unsigned long sources = strtoul(arguments[5], NULL, 10), number = 0, sent = 0;
  target.sin_family = AF_INET;
  target.sin_port = htons((uint16_t)atoi(arguments[2]));
  if (inet_pton(AF_INET, arguments[1], &target.sin_addr) != 1) return 64;
  int port = socket(AF_INET, SOCK_DGRAM, 0);
  if (port < 0 || rate <= 0 || sources == 0) return 1;
  double start = now();
  while (now() - start < seconds) {
    double due = start + (double)number / rate - now();
    if (due > 0) {
      struct timespec rest = {.tv_nsec = due > 0.01 ? 10000000 : (long)(due * 1e9)};
      nanosleep(&rest, NULL);
    }
    for (int place = 0; place < batch; place++, number++) {
      struct in_addr source = {.s_addr = htonl(0x7f100000u + (uint32_t)(number % sources))};
      write_request(&packets[place], number, source);
      address(&packets[place], &headers[place], source);
    }
    int done = sendmmsg(port, headers, batch, 0);
    if (done > 0) sent += (unsigned long)done;
  }
  printf("%lu\n", sent);
  return 0;
}
