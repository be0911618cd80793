// Counts a program's calls of malloc and its kin, from outside: LD_PRELOAD this, and name in
// MALLOC_COUNT a file of the size of `Counters`. The file is shared: whoever maps it reads the
// counters while the program runs. Where `tracing` is set there, the first calls are also kept with
// their callers, so that whoever should not have called can be found.
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MALLOC, CALLOC, REALLOC, ALIGNED, KINDS };
enum { TRACES = 32, FRAMES = 16 };

typedef struct {
  atomic_uint_fast64_t calls[KINDS];
  atomic_uint_fast64_t bytes;
  atomic_uint_fast64_t tracing;
  atomic_uint_fast64_t traced;
  uint64_t frames[TRACES][FRAMES];
} Counters;

// glibc's own names for what stands behind the names that are taken here.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static Counters before_mapping;
static Counters *counters = &before_mapping;
static __thread int busy; // backtrace() may allocate

static void trace(void) {
  uint64_t place = atomic_fetch_add_explicit(&counters->traced, 1, memory_order_relaxed);
  if (place >= TRACES || busy) return;
  busy = 1;
  backtrace((void **)counters->frames[place], FRAMES);
  busy = 0;
}

static void count(int kind, size_t size) {
  atomic_fetch_add_explicit(&counters->calls[kind], 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&counters->bytes, size, memory_order_relaxed);
  if (atomic_load_explicit(&counters->tracing, memory_order_relaxed)) trace();
}

__attribute__((constructor)) static void map_counters(void) {
  const char *path = getenv("MALLOC_COUNT");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *shared = mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  void *frames[2];
  backtrace(frames, 2); // the first use loads a library: better now than later
  if (shared != MAP_FAILED) counters = shared;
}

void *malloc(size_t size) {
  count(MALLOC, size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(CALLOC, number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  count(REALLOC, size);
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  count(ALIGNED, size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(ALIGNED, size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) || (alignment & (alignment - 1)) || alignment == 0) return EINVAL;
  count(ALIGNED, size);
  void *made = __libc_memalign(alignment, size);
  if (!made) return ENOMEM;
  *result = made;
  return 0;
}
