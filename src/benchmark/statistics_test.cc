#include "benchmark/statistics.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace octet {
namespace {

TEST(Percentile, IsLinearBetweenTheTwoNearestSamples) {
  const std::vector<double> samples = {40, 10, 30, 20};
  EXPECT_DOUBLE_EQ(percentile(samples, 0), 10);
  EXPECT_DOUBLE_EQ(percentile(samples, 0.5), 25);
  EXPECT_DOUBLE_EQ(percentile(samples, 0.9), 37);  // position 2.7
  EXPECT_DOUBLE_EQ(percentile(samples, 1), 40);
}

TEST(Percentile, OfOneSampleIsThatSample) {
  const double only = 7;
  for (const double fraction : {0.0, 0.5, 0.99, 1.0}) EXPECT_EQ(percentile(std::span(&only, 1), fraction), 7);
}

RC_GTEST_PROP(Percentile, LeavesThatShareOfTheSamplesBelow, (std::vector<double> samples)) {
  RC_PRE(!samples.empty());
  const double value = percentile(samples, 0.9);
  const auto below = std::count_if(samples.begin(), samples.end(), [&](double sample) { return sample <= value; });
  RC_ASSERT(static_cast<double>(below) >= 0.9 * static_cast<double>(samples.size() - 1));
  RC_ASSERT(value >= *std::min_element(samples.begin(), samples.end()) && value <= *std::max_element(samples.begin(), samples.end()));
}

TEST(SummarizeLatencies, GivesEveryFigure) {
  std::vector<double> samples;
  for (int i = 101; i >= 1; --i) samples.push_back(i);
  const auto summary = summarize_latencies(samples);
  ASSERT_TRUE(summary.has_value());
  EXPECT_DOUBLE_EQ(summary->median_ms, 51);
  EXPECT_DOUBLE_EQ(summary->p90_ms, 91);
  EXPECT_DOUBLE_EQ(summary->p99_ms, 100);
  EXPECT_DOUBLE_EQ(summary->min_ms, 1);
  EXPECT_DOUBLE_EQ(summary->max_ms, 101);
  EXPECT_DOUBLE_EQ(summary->mean_ms, 51);
}

TEST(SummarizeLatencies, OfNothingIsNothing) { EXPECT_FALSE(summarize_latencies({}).has_value()); }

TEST(Throughput, CountsInferencesASecond) {
  EXPECT_DOUBLE_EQ(throughput(50, 2), 25);
  EXPECT_EQ(throughput(50, 0), 0);
}

}  // namespace
}  // namespace octet
