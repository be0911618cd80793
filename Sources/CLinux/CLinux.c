#include "CLinux.h"

#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>

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

int linux_unix_open(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  // The kernel gives the file of a socket the mode that the socket has when it is bound.
  if (fd >= 0) fchmod(fd, S_IRUSR | S_IWUSR);
  return fd;
}

static socklen_t unix_address(const char *path, struct sockaddr_un *address) {
  size_t length = strlen(path);
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (length == 0 || length >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return 0;
  }
  memcpy(address->sun_path, path, length);
  return sizeof *address;
}

int linux_unix_bind(int fd, const char *path) {
  struct sockaddr_un address;
  socklen_t length = unix_address(path, &address);
  return length == 0 ? -1 : bind(fd, (const struct sockaddr *)&address, length);
}

int linux_unix_connect(int fd, const char *path) {
  struct sockaddr_un address;
  socklen_t length = unix_address(path, &address);
  return length == 0 ? -1 : connect(fd, (const struct sockaddr *)&address, length);
}

int64_t linux_unix_user(int fd) {
  struct ucred user;
  socklen_t length = sizeof user;
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &user, &length) == 0 ? (int64_t)user.uid : -1;
}

enum linux_file_kind linux_file_at(const char *path, uint64_t *device, uint64_t *number) {
  struct stat file;
  if (lstat(path, &file) != 0) return linux_file_none;
  *device = file.st_dev;
  *number = file.st_ino;
  return S_ISSOCK(file.st_mode) ? linux_file_socket : linux_file_other;
}

int linux_folder_error(const char *path) {
  struct stat folder;
  if (stat(path, &folder) != 0) return errno;
  if (!S_ISDIR(folder.st_mode)) return ENOTDIR;
  return faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

int linux_lock_folder(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

// Written by a handler, so of a fixed size and filled before anything can go wrong.
static char crash_note[512];
static volatile sig_atomic_t crash_note_length;
static const int crash_signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE};
enum { crash_signal_count = sizeof crash_signals / sizeof *crash_signals };
static struct sigaction earlier_actions[crash_signal_count];

static void tell_crash_note(int number) {
  ssize_t written = write(STDERR_FILENO, crash_note, (size_t)crash_note_length);
  (void)written;
  // Whoever was there before has the last word: a backtrace, or the kernel.
  for (int place = 0; place < crash_signal_count; place++) {
    if (crash_signals[place] == number) sigaction(number, &earlier_actions[place], NULL);
  }
  raise(number);
}

void linux_watch_crashes(void) {
  struct sigaction action = {.sa_handler = tell_crash_note, .sa_flags = SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int place = 0; place < crash_signal_count; place++) {
    sigaction(crash_signals[place], &action, &earlier_actions[place]);
  }
}

void linux_note_for_crash(const char *text) {
  crash_note_length = 0;
  size_t length = strnlen(text, sizeof crash_note);
  memcpy(crash_note, text, length);
  crash_note_length = (sig_atomic_t)length;
}

int linux_open_null(void) { return open("/dev/null", O_RDWR); }

static int output_status;

// A program that writes through stdio hears of a full disk here at the earliest.
static void finish_output(void) {
  if (fflush(stdout) == 0 && ferror(stdout) == 0) return;
  fprintf(stderr, "sallyport: the output could not be written: %s\n", strerror(errno));
  _exit(output_status);
}

void linux_watch_output(int status) {
  output_status = status;
  atexit(finish_output);
}
