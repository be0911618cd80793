#include "CLinux.h"

#include <limits.h>
#include <netdb.h>
#include <sys/resource.h>

// Apart from the header: what netdb.h brings in clashes with Glibc's own module where both are
// imported.
int linux_first_address(const char *name, int family, unsigned char *octets) {
  struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_DGRAM};
  struct addrinfo *list = NULL;
  if (getaddrinfo(name, NULL, &hints, &list) != 0 || list == NULL) return 0;
  if (family == AF_INET) {
    memcpy(octets, &((struct sockaddr_in *)list->ai_addr)->sin_addr, 4);
  } else {
    memcpy(octets, &((struct sockaddr_in6 *)list->ai_addr)->sin6_addr, 16);
  }
  freeaddrinfo(list);
  return 1;
}

int linux_raise_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return INT_MAX;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur < INT_MAX ? (int)limit.rlim_cur : INT_MAX;
}
