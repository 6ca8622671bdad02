#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/float_mode.h"
#include "base/parallel.h"

namespace octet {
namespace {

TEST(ThreadPool, CoversEachIndexOnceAtAnyNumberOfThreads) {
  for (const int threads : {1, 2, 3, 7}) {
    ThreadPool pool(threads);
    for (const std::int64_t count : {0, 1, 2, 5, 97, 1000}) {
      std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count));
      pool.run(count, 3, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
      });
      for (const auto& times : seen) ASSERT_EQ(times.load(), 1) << threads << " threads, " << count;
    }
  }
}

TEST(ThreadPool, ManyShortJobsNeitherLoseNorRepeatWork) {
  ThreadPool pool(4);
  std::atomic<std::int64_t> total{0};
  std::int64_t expected = 0;
  for (std::int64_t job = 0; job < 20000; ++job) {
    const std::int64_t count = job % 37;
    expected += count * (count - 1) / 2;
    pool.run_each(count, [&](std::int64_t task) { total += task; });
  }
  EXPECT_EQ(total.load(), expected);
}

TEST(ThreadPool, GivesChunksOfAtLeastTheGrain) {
  ThreadPool pool(4);
  std::atomic<int> small{0};
  pool.run(1000, 64, [&](std::int64_t begin, std::int64_t end) { small += end - begin < 64 && end != 1000; });
  EXPECT_EQ(small.load(), 0);
}

TEST(ThreadPool, GivesEachThreadScratchOfItsOwn) {
  constexpr std::size_t kBytes = 1000;
  ThreadPool pool(4);
  std::atomic<int> changed{0}, unaligned{0};
  pool.run_each(200, kBytes, [&](std::int64_t task, std::byte* scratch) {
    unaligned += reinterpret_cast<std::uintptr_t>(scratch) % 64 != 0;
    const auto mark = static_cast<std::byte>(task);
    std::fill_n(scratch, kBytes, mark);
    std::this_thread::yield();
    changed += std::count(scratch, scratch + kBytes, mark) != static_cast<std::ptrdiff_t>(kBytes);
  });
  EXPECT_EQ(changed.load(), 0);
  EXPECT_EQ(unaligned.load(), 0);
}

// Each task waits until all have begun, so that no thread can take two.
TEST(ThreadPool, BeginsWithTheSamePartOfEachJobInTheSameThread) {
  constexpr int kThreads = 3;
  ThreadPool pool(kThreads);
  const auto threads_of_tasks = [&] {
    std::vector<std::thread::id> threads(kThreads);
    std::atomic<int> begun{0};
    pool.run_each(kThreads, [&](std::int64_t task) {
      threads[static_cast<std::size_t>(task)] = std::this_thread::get_id();
      for (++begun; begun.load() < kThreads;) std::this_thread::yield();
    });
    return threads;
  };
  const auto first = threads_of_tasks();
  EXPECT_EQ(first[0], std::this_thread::get_id());
  for (int job = 0; job < 100; ++job) ASSERT_EQ(threads_of_tasks(), first);
}

TEST(ThreadPool, CarriesAnExceptionToTheCallerAndGoesOn) {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (std::int64_t bad = 0; bad < 64; ++bad) {
      const auto throw_at_bad = [&](std::int64_t task) {
        if (task == bad) throw std::bad_alloc();
      };
      EXPECT_THROW(pool.run_each(64, throw_at_bad), std::bad_alloc) << threads << " threads, task " << bad;
      std::atomic<int> done{0};
      pool.run_each(64, [&](std::int64_t) { ++done; });
      EXPECT_EQ(done.load(), 64);
    }
  }
}

// All threads are asked, as the caller waits until each has taken one.
TEST(ThreadPool, ComputesAsTheCallerDoes) {
  constexpr int kThreads = 3;
  ThreadPool pool(kThreads);
  volatile float smallest = std::numeric_limits<float>::min();
  const auto halves_of_nothing = [&] {
    std::atomic<int> zeros{0}, begun{0};
    pool.run_each(kThreads, [&](std::int64_t) {
      for (++begun; begun.load() < kThreads;) std::this_thread::yield();
      zeros += smallest * 0.5f == 0;
    });
    return zeros.load();
  };
  EXPECT_EQ(halves_of_nothing(), 0);
  {
    const FlushDenormals flush;
    EXPECT_EQ(halves_of_nothing(), kThreads);
  }
  EXPECT_EQ(halves_of_nothing(), 0);
}

TEST(ParallelForEach, CallsEachIndexOnce) {
  std::vector<std::atomic<int>> seen(100);
  parallel_for_each(3, seen.size(), [&](int worker, std::size_t index) {
    EXPECT_TRUE(worker >= 0 && worker < 3);
    ++seen[index];
  });
  for (const auto& times : seen) EXPECT_EQ(times.load(), 1);
}

TEST(ParallelForEach, CarriesAnExceptionToTheCaller) {
  const auto throw_at_bad = [](int, std::size_t index) {
    if (index == 7) throw std::bad_alloc();
  };
  for (const int workers : {1, 2, 5}) EXPECT_THROW(parallel_for_each(workers, 64, throw_at_bad), std::bad_alloc) << workers << " workers";
}

}  // namespace
}  // namespace octet
