// Shows the thread sanitizer what Swift's runtime does for order between threads. It stands in
// libraries that are not watched: without this, what a contended Mutex keeps apart, and an array
// that is changed in place once the other thread has let go of it, would be taken for races.
// Tests/Sanitizers/run preloads it: its functions stand before those of the runtime, and call them.
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Missing in programs that are not watched and inherit this library.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

// What `name` is in the runtime, looked up once.
#define RUNTIME(type, name)                                                                        \
  static type library;                                                                             \
  if (!__atomic_load_n(&library, __ATOMIC_RELAXED))                                                \
  __atomic_store_n(&library, (type)dlsym(RTLD_NEXT, name), __ATOMIC_RELAXED)

// Mutex. Its quick way is compiled into whoever uses it, and seen. The handle is the word that it
// compares and exchanges, so that both ways meet in it.

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void (*lock_slow)(uint32_t thread, SELF void *handle);
typedef SWIFT void (*unlock_slow)(SELF void *handle);

SWIFT void sanitizers_lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK_SLOW);
SWIFT void sanitizers_unlock_slow(SELF void *handle) __asm__(UNLOCK_SLOW);

SWIFT void sanitizers_lock_slow(uint32_t thread, SELF void *handle) {
  RUNTIME(lock_slow, LOCK_SLOW);
  library(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void sanitizers_unlock_slow(SELF void *handle) {
  RUNTIME(unlock_slow, UNLOCK_SLOW);
  if (__tsan_release) __tsan_release(handle);
  library(handle);
}

// Reference counts. Who lets go of an object has done with it; who finds that no other has it may
// change it in place.

typedef void (*release)(void *object);
typedef void (*release_n)(void *object, uint32_t count);
typedef bool (*is_unique)(const void *object);

static void let_go(void *object) {
  if (!__tsan_release || (intptr_t)object <= 0) return;
  __tsan_release(object);
  // The last one frees it: no strong reference beside this one, in the bits of the count.
  uint64_t counts = __atomic_load_n((uint64_t *)object + 1, __ATOMIC_RELAXED);
  if ((counts >> 33 & 0x3fffffff) == 0) __tsan_acquire(object);
}

void swift_release(void *object) {
  RUNTIME(release, "swift_release");
  let_go(object);
  library(object);
}

void swift_release_n(void *object, uint32_t count) {
  RUNTIME(release_n, "swift_release_n");
  let_go(object);
  library(object, count);
}

bool swift_isUniquelyReferenced_nonNull_native(const void *object) {
  RUNTIME(is_unique, "swift_isUniquelyReferenced_nonNull_native");
  bool is = library(object);
  if (is && __tsan_acquire) __tsan_acquire((void *)object);
  return is;
}
