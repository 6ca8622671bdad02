#pragma once

#include <mutex>

// Clang's thread safety analysis (-Wthread-safety): which lock guards what is said where it is declared, and checked where it
// is used. Empty for other compilers. https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#if defined(__clang__)
#define OCTET_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define OCTET_THREAD_ATTRIBUTE(x)
#endif

#define OCTET_CAPABILITY(name) OCTET_THREAD_ATTRIBUTE(capability(name))
#define OCTET_SCOPED_CAPABILITY OCTET_THREAD_ATTRIBUTE(scoped_lockable)
#define OCTET_GUARDED_BY(mutex) OCTET_THREAD_ATTRIBUTE(guarded_by(mutex))
#define OCTET_REQUIRES(...) OCTET_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define OCTET_EXCLUDES(...) OCTET_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define OCTET_ACQUIRE(...) OCTET_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define OCTET_NO_THREAD_SAFETY_ANALYSIS OCTET_THREAD_ATTRIBUTE(no_thread_safety_analysis)
#define OCTET_RELEASE(...) OCTET_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))

namespace octet {

// std::mutex, which carries no annotations in libstdc++.
class OCTET_CAPABILITY("mutex") Mutex {
 public:
  void lock() OCTET_ACQUIRE() { mutex_.lock(); }
  void unlock() OCTET_RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds a Mutex until the end of its scope.
class OCTET_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) OCTET_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() OCTET_RELEASE() { mutex_.unlock(); }

 private:
  Mutex& mutex_;
};

}  // namespace octet
