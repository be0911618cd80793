// Shows the thread sanitizer the slow way of Swift's Mutex. Its quick way is compiled into whoever
// uses it, and seen; the slow one, on contention, stands in a library of Swift's runtime that is
// not watched, so that all that a contended lock keeps apart would be taken for races. Preloaded by
// Tests/Sanitizers/run: its functions stand before those of the library, which they call.
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Missing in programs that are not watched and inherit this library.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

typedef SWIFT void (*lock_slow)(uint32_t thread, SELF void *handle);
typedef SWIFT void (*unlock_slow)(SELF void *handle);

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void sanitizers_lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK_SLOW);
SWIFT void sanitizers_unlock_slow(SELF void *handle) __asm__(UNLOCK_SLOW);

// The handle is the word that the quick way compares and exchanges: both ways meet in it.
SWIFT void sanitizers_lock_slow(uint32_t thread, SELF void *handle) {
  lock_slow library = (lock_slow)dlsym(RTLD_NEXT, LOCK_SLOW);
  library(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void sanitizers_unlock_slow(SELF void *handle) {
  unlock_slow library = (unlock_slow)dlsym(RTLD_NEXT, UNLOCK_SLOW);
  if (__tsan_release) __tsan_release(handle);
  library(handle);
}
