#include "runtime/memory_planner.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace octet {
namespace {

constexpr std::size_t kAlignment = 64;

bool live_together(const BufferLifetime& a, const BufferLifetime& b) { return a.first_step <= b.last_step && b.first_step <= a.last_step; }

// The most bytes that are live in one step: no layout can do with less.
std::size_t least_bytes(const std::vector<BufferLifetime>& buffers) {
  std::size_t least = 0;
  for (std::size_t step = 0; step < 64; ++step) {
    std::size_t live = 0;
    for (const auto& buffer : buffers)
      if (buffer.first_step <= step && step <= buffer.last_step) live += buffer.bytes;
    least = std::max(least, live);
  }
  return least;
}

std::vector<BufferLifetime> random_buffers() {
  std::vector<BufferLifetime> buffers(*rc::gen::inRange<std::size_t>(0, 40));
  for (auto& buffer : buffers) {
    buffer.bytes = *rc::gen::inRange<std::size_t>(0, 5000);
    buffer.first_step = *rc::gen::inRange<std::size_t>(0, 32);
    buffer.last_step = buffer.first_step + *rc::gen::inRange<std::size_t>(0, 32);
  }
  return buffers;
}

void expect_apart(const std::vector<BufferLifetime>& buffers, const MemoryLayout& layout) {
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    RC_ASSERT(layout.offsets[i] % kAlignment == 0);
    RC_ASSERT(layout.offsets[i] + buffers[i].bytes <= layout.total_bytes);
    for (std::size_t j = 0; j < i; ++j) {
      const bool apart =
          layout.offsets[i] + buffers[i].bytes <= layout.offsets[j] || layout.offsets[j] + buffers[j].bytes <= layout.offsets[i];
      RC_ASSERT(apart || buffers[i].bytes == 0 || buffers[j].bytes == 0 || !live_together(buffers[i], buffers[j]));
    }
  }
  RC_ASSERT(layout.total_bytes >= least_bytes(buffers));
}

TEST(PlanMemory, KeepsWhatLivesAtOneTimeApart) {
  EXPECT_TRUE(rc::check([] {
    const auto buffers = random_buffers();
    expect_apart(buffers, plan_memory(buffers, kAlignment));
  }));
}

// Empty buffers that bring the number to where each pair would be too many.
constexpr std::size_t kMany = 20000;

TEST(PlanMemory, KeepsApartAmongMany) {
  EXPECT_TRUE(rc::check([] {
    const auto buffers = random_buffers();
    auto padded = buffers;
    padded.resize(kMany);
    MemoryLayout layout = plan_memory(padded, kAlignment);
    layout.offsets.resize(buffers.size());
    expect_apart(buffers, layout);
  }));
}

TEST(PlanMemory, ReusesAmongMany) {
  std::vector<BufferLifetime> chain;
  for (std::size_t i = 0; i < kMany; ++i) chain.push_back({1000, i, i + 1});
  EXPECT_EQ(plan_memory(chain, kAlignment).total_bytes, 2024u);
}

// ctest's limit of time is what a quadratic step would run into.
TEST(PlanMemory, TakesHundredsOfThousands) {
  std::vector<BufferLifetime> buffers;  // all of them live in the middle
  for (std::size_t i = 0; i < 400000; ++i) buffers.push_back({64 + i % 5000, i, 800000 - i});
  std::size_t all = 0;
  for (const BufferLifetime& buffer : buffers) all += (buffer.bytes + kAlignment - 1) / kAlignment * kAlignment;
  const std::size_t total = plan_memory(buffers, kAlignment).total_bytes;
  EXPECT_LE(total, all);
  EXPECT_GT(total + kAlignment, all) << "the last one is not rounded up";
}

TEST(PlanMemory, ReusesWhatIsNoLongerRead) {
  // A chain: each step reads the buffer of the one before.
  const std::vector<BufferLifetime> chain{{1024, 0, 1}, {1024, 1, 2}, {1024, 2, 3}, {1024, 3, 4}};
  const MemoryLayout layout = plan_memory(chain, kAlignment);
  EXPECT_EQ(layout.total_bytes, 2048u);
  EXPECT_EQ(layout.offsets[0], layout.offsets[2]);
}

TEST(PlanMemory, FillsTheGapBetweenTwoBuffers) {
  const std::vector<BufferLifetime> buffers{{1000, 0, 9}, {500, 0, 4}, {400, 0, 9}, {450, 5, 9}};
  const MemoryLayout layout = plan_memory(buffers, kAlignment);
  EXPECT_EQ(layout.offsets[3], layout.offsets[1]);
}

TEST(PlanMemory, NeedsNothingForNoBuffers) { EXPECT_EQ(plan_memory({}, kAlignment).total_bytes, 0u); }

}  // namespace
}  // namespace octet
