#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "base/first_exception.h"
#include "base/float_mode.h"
#include "base/threads.h"

namespace octet {
namespace {

// Spinning this long before sleeping bridges the gaps between the layers of a network, which are shorter
// than a wake-up through the kernel.
constexpr int kSpins = 4000;

// Chunks a thread: enough to even out unequal progress, few enough to keep data in the cache of one core.
constexpr std::int64_t kChunksPerThread = 4;

// Tells the CPU that this thread only waits.
void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

void spin_or_yield(int& spins) {
  if (++spins < kSpins)
    relax();
  else
    std::this_thread::yield();
}

constexpr std::size_t kCacheLine = 64;

constexpr std::uint64_t kIndexBits = 32;
constexpr std::uint64_t generation_of(std::uint64_t ticket) { return ticket >> kIndexBits; }
constexpr std::int64_t index_of(std::uint64_t ticket) { return static_cast<std::int64_t>(ticket & 0xffffffff); }

}  // namespace

// The chunks of a job are divided into shares, one a thread, in order: a thread begins with its own and then takes what is left of the
// others'. So it finds in its cache what it wrote in the same place of the job before. The ticket of a share holds the number of the job
// and the share's next chunk in one word, so that a thread that comes late, when its job is over and another has begun, can take nothing
// of the new one by the numbers of the old. The caller waits for chunks, not for threads: one that the system has put aside delays nobody
// unless it holds a chunk.
struct ThreadPool::State {
  explicit State(int threads) : tickets(static_cast<std::size_t>(threads)) {}

  // Also of the threads that were started before one could not be.
  ~State() {
    {
      const std::lock_guard lock(mutex);
      stop.store(true);
    }
    wake.notify_all();
    for (std::jthread& worker : workers) worker.join();
  }

  std::mutex mutex;
  std::condition_variable wake;
  std::vector<std::jthread> workers;
  struct alignas(kCacheLine) Ticket {
    std::atomic<std::uint64_t> value{0};
  };
  std::vector<Ticket> tickets;  // one a thread; the first one is opened last, when a job is complete
  std::atomic<const RangeWork*> work{nullptr};
  std::atomic<std::int64_t> count{0}, chunk{1}, chunks{0};
  std::atomic<std::int64_t> done{0};
  std::atomic<std::uint64_t> mode{0};  // of the caller's floats: all threads compute as it does
  std::atomic<bool> stop{false};
  FirstException exception;

  // A chunk counts as done whatever it throws, or the caller would wait for ever; after an exception the rest is passed over.
  void take_chunks(std::uint64_t number, int thread) {
    const RangeWork* job = work.load();
    const std::int64_t size = chunk.load(), end = count.load(), last = chunks.load();
    const std::uint64_t floats = mode.load();
    if (generation() == number) set_float_mode(floats);
    const std::size_t shares = tickets.size();
    for (std::size_t i = 0; i < shares; ++i) {
      const std::size_t share = (static_cast<std::size_t>(thread) + i) % shares;
      std::atomic<std::uint64_t>& ticket = tickets[share].value;
      const std::int64_t share_end = first_of_share(last, share + 1);
      std::uint64_t seen = ticket.load();
      while (generation_of(seen) == number && index_of(seen) < share_end) {
        if (!ticket.compare_exchange_weak(seen, seen + 1)) continue;
        const std::int64_t begin = index_of(seen) * size;
        if (!exception.caught()) exception.guard([&] { (*job)(begin, std::min(begin + size, end), thread); });
        done.fetch_add(1);
        seen = ticket.load();
      }
    }
  }

  std::int64_t first_of_share(std::int64_t all, std::size_t share) const {
    return all * static_cast<std::int64_t>(share) / static_cast<std::int64_t>(tickets.size());
  }

  std::uint64_t generation() const { return generation_of(tickets.front().value.load()); }

  // Returns when a job after number `last` was published, or on stop.
  void wait_for_job(std::uint64_t last) {
    const auto news = [&] { return generation() != last || stop.load(); };
    for (int spin = 0; spin < kSpins; ++spin) {
      if (news()) return;
      relax();
    }
    std::unique_lock lock(mutex);
    wake.wait(lock, news);
  }

  void serve(int thread) {
    std::uint64_t job = 0;
    for (;;) {
      wait_for_job(job);
      if (stop.load()) return;
      job = generation();
      take_chunks(job, thread);
    }
  }

  std::uint64_t publish(const RangeWork& job, std::int64_t size, std::int64_t step) {
    // The last job is over; an index beyond every chunk keeps latecomers out of it while the fields change.
    const std::uint64_t before = generation();
    const std::uint64_t next = (before + 1) & 0xffffffff;
    const std::lock_guard lock(mutex);
    for (Ticket& ticket : tickets) ticket.value.store(before << kIndexBits | 0xffffffff);
    work.store(&job);
    count.store(size);
    chunk.store(step);
    chunks.store((size + step - 1) / step);
    done.store(0);
    mode.store(float_mode());
    for (std::size_t share = tickets.size(); share-- > 0;)
      tickets[share].value.store(next << kIndexBits | static_cast<std::uint64_t>(first_of_share(chunks.load(), share)));
    return next;
  }
};

ThreadPool::ThreadPool(int threads) : threads_(std::max(1, threads)), state_(std::make_unique<State>(threads_)) {
  for (int i = 1; i < threads_; ++i) state_->workers.push_back(start_thread([state = state_.get(), i] { state->serve(i); }));
}

ThreadPool::~ThreadPool() = default;

void ThreadPool::run_ranges(std::int64_t count, std::int64_t grain, RangeWork work) {
  if (count <= 0) return;
  const std::int64_t even = (count + kChunksPerThread * threads_ - 1) / (kChunksPerThread * threads_);
  const std::int64_t chunk = std::max({std::int64_t{1}, grain, even});
  if (threads_ == 1 || chunk >= count) return work(0, count, 0);
  State& state = *state_;
  const std::uint64_t generation = state.publish(work, count, chunk);
  state.wake.notify_all();
  state.take_chunks(generation, 0);
  const std::int64_t chunks = state.chunks.load();
  for (int spins = 0; state.done.load() != chunks;) spin_or_yield(spins);
  state.exception.rethrow();
}

void ThreadPool::run(std::int64_t count, std::int64_t grain, FunctionRef<void(std::int64_t, std::int64_t)> work) {
  run_ranges(count, grain, [&](std::int64_t begin, std::int64_t end, int) { work(begin, end); });
}

void ThreadPool::run_each(std::int64_t count, FunctionRef<void(std::int64_t)> work) {
  run_ranges(count, 1, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t task = begin; task < end; ++task) work(task);
  });
}

void ThreadPool::run_each(std::int64_t count, std::size_t scratch_bytes, FunctionRef<void(std::int64_t, std::byte*)> work) {
  reserve_scratch(scratch_bytes);
  run_ranges(count, 1, [&](std::int64_t begin, std::int64_t end, int thread) {
    std::byte* const scratch = scratch_.get() + static_cast<std::size_t>(thread) * scratch_bytes_;
    for (std::int64_t task = begin; task < end; ++task) work(task, scratch);
  });
}

void ThreadPool::reserve_scratch(std::size_t bytes_per_thread) {
  if (bytes_per_thread <= scratch_bytes_) return;
  const std::size_t rounded = (bytes_per_thread + kCacheLine - 1) / kCacheLine * kCacheLine;
  scratch_.reset(static_cast<std::byte*>(::operator new (rounded* static_cast<std::size_t>(threads_), std::align_val_t{kCacheLine})));
  scratch_bytes_ = rounded;
}

void ThreadPool::Free::operator()(std::byte* data) const { ::operator delete (data, std::align_val_t{kCacheLine}); }

}  // namespace octet
