// A SIP call generator: callers and callees in one thread, UDP to the server under test. It never
// sleeps while calls are placed: a receiver that sleeps would charge its waking to the server.
//
//   call-generator -s SERVER -u CALLER -d CALLEE -r CALLS_PER_SECOND -n CALLS [-h HOLD_MS] [-H]
//
// -H holds the calls until standard input ends. Prints MARK lines as the run goes, and at its end
// one line of JSON. A call has failed when its final response is none of 2xx, or after 10 s.
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "callee.h"
#include "caller.h"

typedef struct {
  Plan plan;
  Wire *caller_wire, *callee_wire;
  Caller *caller;
  Callee *callee;
  double began, idle;
  int epoll;
  bool told_held, released;
} Run;

static double clock_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void tell(const char *mark) {
  printf("MARK %s\n", mark);
  fflush(stdout);
}

static void watch(int epoll, Wire *wire) {
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, wire_socket(wire), &event)) abort();
}

// Asks the kernel's list of ready sockets before the sockets: to read an empty socket again and
// again would take its queue's cache lines from the server that is about to fill it.
static bool receive(Run *run, double now) {
  size_t length;
  struct sockaddr_in from;
  struct epoll_event ready[2];
  if (epoll_wait(run->epoll, ready, 2, 0) <= 0) return false;
  int answers = wire_receive(run->caller_wire);
  for (int place = 0; place < answers; place++) {
    char *bytes = wire_datagram(run->caller_wire, place, &length, &from);
    caller_receive(run->caller, bytes, length, now);
  }
  int requests = wire_receive(run->callee_wire);
  for (int place = 0; place < requests; place++) {
    char *bytes = wire_datagram(run->callee_wire, place, &length, &from);
    callee_receive(run->callee, bytes, length, from, now);
  }
  return answers + requests > 0;
}

static bool input_ended(int wait_ms) {
  struct pollfd input = {.fd = 0, .events = POLLIN};
  char octet;
  return poll(&input, 1, wait_ms) > 0 && read(0, &octet, 1) <= 0;
}

// While all calls are held nothing is measured here but memory: so this may sleep.
static void keep_holding(Run *run, double now) {
  if (!run->told_held) tell("HELD");
  run->told_held = true;
  if (!input_ended(5)) return;
  run->released = true;
  caller_release(run->caller, now);
}

static bool step(Run *run, double now) {
  bool any = receive(run, now);
  any |= caller_place(run->caller, now);
  any |= caller_wake(run->caller, now);
  any |= callee_wake(run->callee, now);
  wire_flush(run->caller_wire);
  wire_flush(run->callee_wire);
  return any;
}

static void run_all(Run *run) {
  tell("START");
  double now = run->began = clock_now();
  run->caller = caller_make(&run->plan, run->caller_wire, now);
  while (!caller_is_done(run->caller)) {
    bool any = step(run, now);
    if (run->plan.keep_held && !run->released && caller_all_held(run->caller))
      keep_holding(run, now);
    double after = clock_now();
    if (!any) run->idle += after - now;
    now = after;
  }
  tell("END");
}

static int by_size(const void *one, const void *other) {
  float a = *(const float *)one, b = *(const float *)other;
  return (a > b) - (a < b);
}

static float percentile(const CallerCounts *counts, double share) {
  if (counts->setup_count == 0) return 0;
  size_t place = share * (counts->setup_count - 1);
  return counts->setups[place];
}

static void report(const Run *run) {
  const CallerCounts *caller = caller_counts(run->caller);
  const CalleeCounts *callee = callee_counts(run->callee);
  double seconds = clock_now() - run->began;
  qsort(caller->setups, caller->setup_count, sizeof *caller->setups, by_size);
  printf("{\"calls\":%lu,\"ok\":%lu,\"failed\":%lu,\"established\":%lu", run->plan.calls,
         caller->ended, caller->failed, caller->established);
  printf(",\"caller_retransmissions\":%lu,\"callee_retransmissions\":%lu", caller->retransmissions,
         callee->retransmissions);
  printf(",\"invites\":%lu,\"acks\":%lu,\"byes\":%lu,\"stray\":%lu,\"refused\":%lu",
         callee->invites, callee->acks, callee->byes, caller->stray + callee->stray,
         wire_refused(run->caller_wire) + wire_refused(run->callee_wire));
  printf(",\"seconds\":%.3f,\"idle_share\":%.3f,\"lateness_ms\":%.2f", seconds, run->idle / seconds,
         caller->lateness * 1000);
  printf(",\"setup_p50_ms\":%.3f,\"setup_p99_ms\":%.3f,\"setup_max_ms\":%.3f}\n",
         percentile(caller, 0.5), percentile(caller, 0.99), percentile(caller, 1));
}

static _Noreturn void usage(const char *program) {
  fprintf(stderr,
          "usage: %s -s SERVER -u CALLER -d CALLEE -r CALLS_PER_SECOND -n CALLS [-h HOLD_MS] "
          "[-H]\n",
          program);
  exit(2);
}

static Plan read_plan(int count, char **arguments) {
  Plan plan = {.hold = 0.5};
  int option;
  while ((option = getopt(count, arguments, "s:u:d:r:n:h:H")) != -1) {
    switch (option) {
    case 's': plan.server = wire_address(optarg); break;
    case 'u': plan.caller = wire_address(optarg); break;
    case 'd': plan.callee = wire_address(optarg); break;
    case 'r': plan.rate = atof(optarg); break;
    case 'n': plan.calls = strtoul(optarg, NULL, 10); break;
    case 'h': plan.hold = atof(optarg) / 1000; break;
    case 'H': plan.keep_held = true; break;
    default: usage(arguments[0]);
    }
  }
  bool whole = plan.server.sin_port && plan.caller.sin_port && plan.callee.sin_port;
  if (!whole || plan.rate <= 0 || plan.calls == 0) usage(arguments[0]);
  return plan;
}

int main(int count, char **arguments) {
  Run run = {.plan = read_plan(count, arguments)};
  run.caller_wire = wire_open(run.plan.caller);
  run.callee_wire = wire_open(run.plan.callee);
  run.epoll = epoll_create1(EPOLL_CLOEXEC);
  watch(run.epoll, run.caller_wire);
  watch(run.epoll, run.callee_wire);
  run.callee = callee_make(run.plan.callee, run.callee_wire);
  run_all(&run);
  report(&run);
}
