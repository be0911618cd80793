// What Swift cannot import from the kernel's and glibc's headers by itself: the GNU names, and, as
// inline functions, what is a macro, a variadic function or a transparent union there. No logic.
#ifndef CLINUX_H
#define CLINUX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

// fd_set names its member by _GNU_SOURCE, and Glibc's own module is built without: one shape for
// both, or importing the two into one file fails, in some orders of a clean build only.
#include <features.h>
#pragma push_macro("__USE_XOPEN")
#undef __USE_XOPEN
#include <sys/select.h>
#pragma pop_macro("__USE_XOPEN")

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// What asking for a host name came to.
enum linux_name_outcome {
  linux_name_found,
  linux_name_unknown,
  linux_name_without_address,
  linux_name_server_failed,
  linux_name_unanswered,
  linux_name_no_room,
};

// The first address of a host name: 4 octets for AF_INET, 16 for AF_INET6.
enum linux_name_outcome linux_first_address(const char *name, int family, unsigned char *octets);

// What a result of getaddrinfo means; errno matters for some.
enum linux_name_outcome linux_name_outcome_of(int result);

// Lets this process open as many descriptors as it may: the soft limit becomes the hard one.
// Returns how many that are.
int linux_raise_descriptors(void);

// Unix stream sockets by their paths of at most 107 octets: their headers stay out of here. The
// first opens one that nobody but this user may connect to, from the first moment that
// its file is there. All but the last return -1 with errno set, or 0.
int linux_unix_open(void);
int linux_unix_bind(int fd, const char *path);
int linux_unix_connect(int fd, const char *path);
// The user at the other end, or -1.
int64_t linux_unix_user(int fd);

// What stands at a path.
enum linux_file_kind { linux_file_none, linux_file_socket, linux_file_other };

// Links are not followed. A file is known by its device and number.
enum linux_file_kind linux_file_at(const char *path, uint64_t *device, uint64_t *number);

// What keeps this process from making a file in a folder, by its errno; 0 for nothing.
int linux_folder_error(const char *path);

// Takes the lock of a folder, or says why not: the descriptor that holds it, or -1.
int linux_lock_folder(const char *path);

// Opens /dev/null for reading and writing, at the least number that is free.
int linux_open_null(void);

// Has the process end with that status, and a sentence, where its standard output could not be
// written to the end.
void linux_watch_output(int status);

// errno is a macro.
static inline int linux_errno(void) { return errno; }

// sockaddr arguments are transparent unions under _GNU_SOURCE.
static inline int linux_bind(int fd, const void *address, socklen_t length) {
  return bind(fd, (const struct sockaddr *)address, length);
}
static inline int linux_connect(int fd, const void *address, socklen_t length) {
  return connect(fd, (const struct sockaddr *)address, length);
}
static inline int linux_getsockname(int fd, void *address, socklen_t *length) {
  return getsockname(fd, (struct sockaddr *)address, length);
}
static inline int linux_accept(int fd, void *address, socklen_t *length) {
  return accept4(fd, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
static inline int linux_recvmmsg(int fd, struct mmsghdr *messages, unsigned count) {
  return recvmmsg(fd, messages, count, MSG_DONTWAIT, NULL);
}

// The number of the interface that a datagram came in on, which a control message tells and only
// macros can find; 0 where none does.
static inline unsigned linux_arrival(struct msghdr *message) {
  for (struct cmsghdr *one = CMSG_FIRSTHDR(message); one; one = CMSG_NXTHDR(message, one)) {
    if (one->cmsg_level == IPPROTO_IP && one->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo info;
      memcpy(&info, CMSG_DATA(one), sizeof info);
      return (unsigned)info.ipi_ifindex;
    }
    if (one->cmsg_level == IPPROTO_IPV6 && one->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo info;
      memcpy(&info, CMSG_DATA(one), sizeof info);
      return info.ipi6_ifindex;
    }
  }
  return 0;
}

// A socket that asks the kernel for routes: rtnetlink(7), whose protocol has the number 0.
static inline int linux_route_socket(void) {
  return socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// Enumerations and macros of mixed types, as plain numbers.
static inline int linux_socket(int family, int isStream) {
  int type = isStream ? SOCK_STREAM : SOCK_DGRAM;
  return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
static inline int linux_set_option(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value);
}
static inline int linux_socket_error(int fd) {
  int value = 0;
  socklen_t length = sizeof value;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length) == 0 ? value : errno;
}
static inline ssize_t linux_send(int fd, const void *bytes, size_t count) {
  return send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}
static inline ssize_t linux_send_to(int fd, const void *bytes, size_t count, const void *name,
                                    socklen_t length) {
  return sendto(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)name,
                length);
}
static inline ssize_t linux_receive(int fd, void *bytes, size_t count) {
  return recv(fd, bytes, count, MSG_DONTWAIT);
}
static inline ssize_t linux_receive_from(int fd, void *bytes, size_t count, void *name,
                                         socklen_t *length) {
  return recvfrom(fd, bytes, count, MSG_DONTWAIT, (struct sockaddr *)name, length);
}
// Throws away what a stream has, without copying it.
static inline void linux_discard(int fd, size_t most) {
  (void)recv(fd, NULL, most, MSG_DONTWAIT | MSG_TRUNC);
}

// epoll_event is a packed union.
static inline int linux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int linux_epoll_control(int poll, int operation, int fd, uint32_t events,
                                      uint64_t token) {
  struct epoll_event event;
  event.events = events;
  event.data.u64 = token;
  return epoll_ctl(poll, operation, fd, &event);
}
static inline uint64_t linux_epoll_token(const struct epoll_event *event) {
  return event->data.u64;
}
static inline int linux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// CPU_SET is a macro, prctl is variadic.
static inline int linux_pin_thread(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  return pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}
static inline int linux_name_thread(const char *name) {
  return pthread_setname_np(pthread_self(), name);
}
static inline int linux_timer_slack(unsigned long nanoseconds) {
  return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}
static inline int64_t linux_clock(int clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return 0;
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}
static inline int64_t linux_thread_time(pthread_t thread) {
  clockid_t clock;
  return pthread_getcpuclockid(thread, &clock) == 0 ? linux_clock(clock) : 0;
}

// What is written to the standard error when a trap or a fault ends the process; what would have
// happened then happens after it. Watching begins with the first call, for good.
void linux_watch_crashes(void);
void linux_note_for_crash(const char *text);

// SIG_IGN is a cast; signalfd wants a set, and sigaddset is a macro in places.
static inline void linux_ignore_pipe(void) { signal(SIGPIPE, SIG_IGN); }
static inline void linux_signal_set(sigset_t *set) {
  sigemptyset(set);
  sigaddset(set, SIGTERM);
  sigaddset(set, SIGINT);
  sigaddset(set, SIGHUP);
  sigaddset(set, SIGUSR1);
}
static inline int linux_signalfd(const sigset_t *set) { return signalfd(-1, set, SFD_CLOEXEC); }
static inline int linux_wait_readable(int fd, int milliseconds) {
  struct pollfd wanted = {.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&wanted, 1, milliseconds);
}
// Bit 0 for the first, bit 1 for the second; 0 when the time is over, and 4 when it was cut short.
static inline int linux_wait_either(int first, int second, int milliseconds) {
  struct pollfd wanted[2] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};
  int ready = poll(wanted, 2, milliseconds);
  if (ready <= 0) return ready == 0 ? 0 : 4;
  return (wanted[0].revents != 0 ? 1 : 0) | (wanted[1].revents != 0 ? 2 : 0);
}
static inline int linux_wait_writable(int fd, int milliseconds) {
  struct pollfd wanted = {.fd = fd, .events = POLLOUT, .revents = 0};
  return poll(&wanted, 1, milliseconds);
}
// The signal, and which process sent it: -1 for the kernel, whose codes are above 0.
static inline int linux_read_signal(int fd, int *sender) {
  struct signalfd_siginfo info;
  if (read(fd, &info, sizeof info) != sizeof info) return 0;
  *sender = info.ssi_code > 0 ? -1 : (int)info.ssi_pid;
  return (int)info.ssi_signo;
}

#endif
