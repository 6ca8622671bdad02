#include "benchmark/streams.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

constexpr std::uint64_t kGigabyte = std::uint64_t{1} << 30;

TEST(StreamLayout, GivesOneInferenceAllThreadsForLatency) {
  EXPECT_EQ(layout_for_latency(8), (StreamLayout{1, 8}));
  EXPECT_EQ(layout_for_latency(0), (StreamLayout{1, 1}));
}

TEST(StreamLayout, GivesEachThreadAnInferenceForThroughput) {
  EXPECT_EQ(layout_for_throughput(2, 20 << 20, kGigabyte), (StreamLayout{2, 1}));
  EXPECT_EQ(layout_for_throughput(16, 20 << 20, 8 * kGigabyte), (StreamLayout{16, 1}));
}

TEST(StreamLayout, TakesNoMoreThanHalfOfTheMemory) {
  EXPECT_EQ(layout_for_throughput(16, kGigabyte, 8 * kGigabyte), (StreamLayout{4, 4}));
  EXPECT_EQ(layout_for_throughput(16, kGigabyte, kGigabyte), (StreamLayout{1, 16}));
  EXPECT_EQ(layout_for_throughput(4, 0, kGigabyte), (StreamLayout{4, 1}));
}

TEST(StreamLayout, GivesEveryStreamAThread) {
  EXPECT_EQ(layout_of_streams(4, 2), (StreamLayout{4, 1}));
  EXPECT_EQ(layout_of_streams(2, 9), (StreamLayout{2, 4}));
}

}  // namespace
}  // namespace octet
