#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace octet {

// A fixed set of threads that split index ranges among them. The calling thread is one of them, so a pool of one
// starts no thread. One run() at a time.
class ThreadPool {
 public:
  // Throws std::system_error if the system grants fewer threads.
  explicit ThreadPool(int threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  int threads() const { return threads_; }

  // Calls work(begin, end) on disjoint ranges that cover [0, count), in chunks of at least `grain`, and returns
  // when all are done. Chunks are taken dynamically; which thread runs which is not defined. If `work` throws, chunks that
  // were not begun are left out, and the first exception is thrown again here; the pool can be used further.
  void run(std::int64_t count, std::int64_t grain, const std::function<void(std::int64_t, std::int64_t)>& work);

  // Calls work(task) once for each task in [0, count).
  void run_each(std::int64_t count, const std::function<void(std::int64_t)>& work);

 private:
  struct State;
  int threads_;
  std::unique_ptr<State> state_;
};

}  // namespace octet
