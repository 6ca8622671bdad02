#include "quant/clipping.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace octet::quant {
namespace {

ChannelHistogram counted(std::vector<float> values) {
  ChannelHistogram histogram(1);
  histogram.add({values.data(), 1, static_cast<std::int64_t>(values.size()), 1, 1});
  return histogram;
}

// A million times one value, and others.
ChannelHistogram counted_beside_a_million(float value, std::vector<float> others) {
  const ChannelHistogram part = counted(std::vector<float>(1000, value));
  ChannelHistogram sum = counted(std::move(others));
  for (int i = 0; i < 1000; ++i) sum.add(part);
  return sum;
}

TEST(ChannelHistogram, CountsBySignAndMagnitude) {
  const ChannelHistogram found = counted({1.0f, 1.1f, 1.125f, -1.0f});
  const int one = 12 * ChannelHistogram::kStepsOfOctave;
  EXPECT_EQ(found.count(0, false, one), 2U);
  EXPECT_EQ(found.count(0, false, one + 1), 1U);
  EXPECT_EQ(found.count(0, true, one), 1U);
  EXPECT_DOUBLE_EQ(ChannelHistogram::magnitude(one), 1.0625);
}

TEST(ChannelHistogram, CountsWhatIsBeyondInItsLastSteps) {
  const ChannelHistogram found = counted({0.0f, 1e-20f, 1e20f});
  EXPECT_EQ(found.count(0, false, 0), 2U);
  EXPECT_EQ(found.count(0, false, ChannelHistogram::kSteps - 1), 1U);
}

TEST(ChannelHistogram, KeepsChannelsApartAndReadsStridedPixels) {
  const std::vector<float> pixels{1, 2, 99, 1, 4, 99};
  ChannelHistogram histogram(2);
  histogram.add({pixels.data(), 1, 2, 2, 3});
  const int one = 12 * ChannelHistogram::kStepsOfOctave;
  EXPECT_EQ(histogram.count(0, false, one), 2U);
  EXPECT_EQ(histogram.count(1, false, one + ChannelHistogram::kStepsOfOctave), 1U);
  EXPECT_EQ(histogram.count(1, false, one + 2 * ChannelHistogram::kStepsOfOctave), 1U);
}

TEST(ChannelHistogram, CountsSomePixelsOfLargeImages) {
  const std::vector<float> pixels(100000, 1.0f);
  ChannelHistogram histogram(1);
  histogram.add({pixels.data(), 100, 1000, 1, 1});
  const std::uint32_t count = histogram.count(0, false, 12 * ChannelHistogram::kStepsOfOctave);
  EXPECT_GE(count, 4096U);
  EXPECT_LT(count, 5000U);
}

TEST(ChannelHistogram, AddsUp) {
  ChannelHistogram sum = counted({1, 2});
  sum.add(counted({1}));
  EXPECT_EQ(sum.count(0, false, 12 * ChannelHistogram::kStepsOfOctave), 2U);
}

TEST(ClippedRange, CutsOffOneOutlierAmongMany) {
  const ChannelRange range = clipped_range({0, 100}, counted_beside_a_million(3, {100}), 0);
  EXPECT_EQ(range.low, 0);
  EXPECT_LT(range.high, 95);
}

TEST(ClippedRange, KeepsWhatManyValuesReach) {
  const ChannelRange range = clipped_range({0, 100}, counted_beside_a_million(3, std::vector<float>(4000, 100.0f)), 0);
  EXPECT_EQ(range.high, 100);
}

// Small steps are of no use to values that are far smaller still, so nothing is worth cutting off the one.
TEST(ClippedRange, DoesNotNarrowForZeros) { EXPECT_EQ(clipped_range({0, 100}, counted_beside_a_million(0, {100}), 0).high, 100); }

TEST(ClippedRange, CutsEachSideByItself) {
  const ChannelRange range = clipped_range({-100, 3}, counted_beside_a_million(-3, {-100, 3}), 0);
  EXPECT_GT(range.low, -95);
  EXPECT_EQ(range.high, 3);
}

TEST(ClippedRange, LeavesAnUncountedChannelAsItIs) {
  const ChannelRange range = clipped_range({-2, 5}, ChannelHistogram(1), 0);
  EXPECT_EQ(range.low, -2);
  EXPECT_EQ(range.high, 5);
}

TEST(ClippedRange, StaysWithinTheExtremesAndKeepsThreeTenths) {
  EXPECT_TRUE(rc::check([] {
    const auto steps = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-1000, 1000)));
    std::vector<float> values;
    double low = 0, high = 0;
    for (const int step : steps) {
      values.push_back(static_cast<float>(std::pow(step / 100.0, 3)));
      low = std::min(low, static_cast<double>(values.back()));
      high = std::max(high, static_cast<double>(values.back()));
    }
    const ChannelRange range = clipped_range({low, high}, counted(values), 0);
    RC_ASSERT(range.low >= low && range.low <= 0.29 * low);
    RC_ASSERT(range.high <= high && range.high >= 0.29 * high);
  }));
}

}  // namespace
}  // namespace octet::quant
