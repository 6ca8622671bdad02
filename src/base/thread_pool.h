#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/function_ref.h"

namespace octet {

// A fixed set of threads that split index ranges among them, each with scratch memory of its own. The calling thread is one of
// them, so a pool of one starts no thread. One run at a time. Runs allocate nothing but scratch that was not reserved.
class ThreadPool {
 public:
  // Throws std::system_error if the system grants fewer threads.
  explicit ThreadPool(int threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  int threads() const { return threads_; }

  // Calls work(begin, end) on disjoint ranges that cover [0, count), in chunks of at least `grain`, and returns
  // when all are done. Chunks are taken dynamically: a thread begins with its part of the range, the first thread with the first, and
  // helps the others when it is done, so that which thread runs which is not defined. If `work` throws, chunks that
  // were not begun are left out, and the first exception is thrown again here; the pool can be used further.
  void run(std::int64_t count, std::int64_t grain, FunctionRef<void(std::int64_t, std::int64_t)> work);

  // Calls work(task) once for each task in [0, count).
  void run_each(std::int64_t count, FunctionRef<void(std::int64_t)> work);

  // The same with `scratch_bytes` of memory of the thread that runs the task, from a cache line on; what is in it is not defined.
  void run_each(std::int64_t count, std::size_t scratch_bytes, FunctionRef<void(std::int64_t, std::byte*)> work);

  // Makes room for the scratch of later runs, so that they need not.
  void reserve_scratch(std::size_t bytes_per_thread);

 private:
  using RangeWork = FunctionRef<void(std::int64_t begin, std::int64_t end, int thread)>;
  struct State;
  struct Free {
    void operator()(std::byte* data) const;
  };

  void run_ranges(std::int64_t count, std::int64_t grain, RangeWork work);

  int threads_;
  std::unique_ptr<State> state_;
  std::unique_ptr<std::byte, Free> scratch_;  // one stretch a thread
  std::size_t scratch_bytes_ = 0;             // of a stretch
};

}  // namespace octet
