// What it costs to receive and no more: sink ADDRESS PORT NAP
//
// Takes datagrams as a worker does under load, 32 with each recvmmsg and a nap of so many
// microseconds when there are none, and looks at none of them. Ends with SIGTERM.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { batch = 32, room = 65536 + 65 * 64 };

static char octets[batch][room];
static struct sockaddr_in6 names[batch];

int main(int count, char **arguments) {
  if (count != 4) return 64;
  int port = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = 8 << 20;
  struct sockaddr_in local = {.sin_family = AF_INET};
  local.sin_port = htons((uint16_t)atoi(arguments[2]));
  if (inet_pton(AF_INET, arguments[1], &local.sin_addr) != 1) return 64;
  if (setsockopt(port, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
    setsockopt(port, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (bind(port, (struct sockaddr *)&local, sizeof local) != 0) return 1;
  struct iovec parts[batch];
  struct mmsghdr headers[batch] = {0};
  for (int place = 0; place < batch; place++)
    parts[place] = (struct iovec){.iov_base = octets[place], .iov_len = room};
  for (;;) {
    for (int place = 0; place < batch; place++) {
      headers[place].msg_hdr.msg_iov = &parts[place];
      headers[place].msg_hdr.msg_iovlen = 1;
      headers[place].msg_hdr.msg_name = &names[place];
      headers[place].msg_hdr.msg_namelen = sizeof names[place];
    }
    if (recvmmsg(port, headers, batch, MSG_DONTWAIT, NULL) < batch) {
      struct timespec nap = {.tv_nsec = atol(arguments[3]) * 1000};
      nanosleep(&nap, NULL);
    }
  }
}
