#pragma once

#include <atomic>
#include <exception>
#include <mutex>
#include <utility>

#include "base/thread_annotations.h"

namespace octet {

// Carries an exception from the threads of a job to whoever waits for them; of several the first. An exception that leaves a
// thread by itself would end the program.
class FirstException {
 public:
  // Runs `work` and keeps what it throws. From any thread.
  template <typename Work>
  void guard(const Work& work) noexcept {
    try {
      work();
    } catch (...) {
      const MutexLock lock(mutex_);
      if (!exception_) exception_ = std::current_exception();
      caught_.store(true);
    }
  }

  // Whether the rest of the job is in vain. From any thread.
  bool caught() const { return caught_.load(std::memory_order_relaxed); }

  // Throws what was caught, once, and is as new. Only where no thread is in guard().
  void rethrow() {
    if (!caught_.exchange(false)) return;
    std::exception_ptr exception;
    {
      const MutexLock lock(mutex_);
      exception = std::exchange(exception_, nullptr);
    }
    std::rethrow_exception(std::move(exception));
  }

 private:
  std::atomic<bool> caught_{false};
  Mutex mutex_;
  std::exception_ptr exception_ OCTET_GUARDED_BY(mutex_);
};

}  // namespace octet
