#include "base/thread_pool.h"

#include <atomic>
#include <vector>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace octet
