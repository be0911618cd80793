#include "CLinux.h"

#include <limits.h>
#include <netdb.h>
#include <sys/resource.h>

// Apart from the header: what netdb.h brings in clashes with Glibc's own module where both are
// imported.
enum linux_name_outcome linux_name_outcome_of(int result) {
  switch (result) {
  case 0: return linux_name_found;
  case EAI_NONAME: return linux_name_unknown;
  // The name is there, but nothing of the family that was asked for.
  case EAI_NODATA:
  case EAI_ADDRFAMILY: return linux_name_without_address;
  // No server answered in time, or none could be reached; a server that says SERVFAIL looks alike.
  case EAI_AGAIN: return linux_name_unanswered;
  case EAI_MEMORY: return linux_name_no_room;
  case EAI_SYSTEM:
    return errno == ENOMEM || errno == EMFILE || errno == ENFILE ? linux_name_no_room
                                                                 : linux_name_server_failed;
  default: return linux_name_server_failed;
  }
}

enum linux_name_outcome linux_first_address(const char *name, int family, unsigned char *octets) {
  struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_DGRAM};
  struct addrinfo *list = NULL;
  int result = getaddrinfo(name, NULL, &hints, &list);
  if (result != 0) return linux_name_outcome_of(result);
  if (list == NULL) return linux_name_without_address;
  if (family == AF_INET) {
    memcpy(octets, &((struct sockaddr_in *)list->ai_addr)->sin_addr, 4);
  } else {
    memcpy(octets, &((struct sockaddr_in6 *)list->ai_addr)->sin6_addr, 16);
  }
  freeaddrinfo(list);
  return linux_name_found;
}

int linux_raise_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return INT_MAX;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur < INT_MAX ? (int)limit.rlim_cur : INT_MAX;
}
