#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"

namespace octet {
namespace {

using RangeWork = std::function<void(std::int64_t, std::int64_t)>;

// Spinning this long before sleeping bridges the gaps between the layers of a network, which are shorter
// than a wake-up through the kernel.
constexpr int kSpins = 4000;

struct Job {
  const RangeWork* work = nullptr;
  std::int64_t count = 0, chunk = 1;
};

}  // namespace

struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::vector<std::thread> workers;
  Job job;
  std::atomic<std::uint64_t> generation{0};
  std::atomic<std::int64_t> next{0};
  std::atomic<int> running{0};
  std::atomic<bool> stop{false};

  void take_chunks() {
    for (;;) {
      const std::int64_t begin = next.fetch_add(job.chunk, std::memory_order_relaxed);
      if (begin >= job.count) return;
      (*job.work)(begin, std::min(begin + job.chunk, job.count));
    }
  }

  // Returns when a generation after `seen` was published, or on stop.
  void wait_for_job(std::uint64_t seen) {
    for (int spin = 0; spin < kSpins; ++spin) {
      if (generation.load(std::memory_order_acquire) != seen || stop.load()) return;
      __builtin_ia32_pause();
    }
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return generation.load(std::memory_order_acquire) != seen || stop.load(); });
  }

  void serve() {
    std::uint64_t seen = 0;
    for (;;) {
      wait_for_job(seen);
      if (stop.load()) return;
      seen = generation.load(std::memory_order_acquire);
      take_chunks();
      running.fetch_sub(1, std::memory_order_release);
    }
  }
};

ThreadPool::ThreadPool(int threads) : threads_(std::max(1, threads)), state_(std::make_unique<State>()) {
  for (int i = 1; i < threads_; ++i) state_->workers.emplace_back([state = state_.get()] { state->serve(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop.store(true);
  }
  state_->wake.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
}

void ThreadPool::run(std::int64_t count, std::int64_t grain, const RangeWork& work) {
  if (count <= 0) return;
  // Four chunks a thread: small enough to even out, large enough to keep data in the cache of one core.
  const std::int64_t chunk = std::max({std::int64_t{1}, grain, (count + 4 * threads_ - 1) / (4 * threads_)});
  if (threads_ == 1 || chunk >= count) return work(0, count);
  State& state = *state_;
  state.job = {&work, count, chunk};
  state.next.store(0, std::memory_order_relaxed);
  state.running.store(threads_ - 1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(state.mutex);
    state.generation.fetch_add(1, std::memory_order_release);
  }
  state.wake.notify_all();
  state.take_chunks();
  while (state.running.load(std::memory_order_acquire) != 0) __builtin_ia32_pause();
}

void ThreadPool::run_each(std::int64_t count, const std::function<void(std::int64_t)>& work) {
  run(count, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) work(task);
  });
}

}  // namespace octet
