#include "benchmark/compare.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "benchmark/profile.h"
#include "engines/octet_engine.h"
#include "runtime/graph_for_test.h"

namespace octet {
namespace {

using runtime_test::SmallGraph;

std::shared_ptr<const Plan> plan_of(bool integer) {
  SmallGraph g;
  const Value image = g.input({1, 3, 8, 8});
  g.output(integer ? g.integer_conv(g.quantize(image, "fq", 200), 4) : g.conv(image, 4));
  return *compile(g.graph);
}

TEST(CompareLatency, MeasuresEveryModelInItsPlace) {
  std::int64_t last = 0;
  BenchOptions options;
  options.seconds = 0.05;
  options.progress = [&](std::int64_t done, std::int64_t total) {
    EXPECT_LE(last, done);
    EXPECT_LE(done, total);
    last = done;
  };
  const auto found = *compare_latency({engine_model(plan_of(false)), engine_model(plan_of(true))}, options);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_FALSE(found[0].integer);
  EXPECT_TRUE(found[1].integer);
  for (const ModelBench& model : found) {
    ASSERT_FALSE(model.latencies_ms.empty());
    EXPECT_GT(*std::ranges::min_element(model.latencies_ms), 0);
    EXPECT_GE(model.latency.median_ms, *std::ranges::min_element(model.latencies_ms));
    EXPECT_LE(model.latency.median_ms, *std::ranges::max_element(model.latencies_ms));
    EXPECT_GT(model.throughput, 0);
  }
  EXPECT_GT(last, 0);
}

TEST(CompareLatency, TakesTheMedianOfEachRound) {
  BenchOptions options;
  options.seconds = 0.5;  // more than one round of two turns
  const auto found = *compare_latency({engine_model(plan_of(false)), engine_model(plan_of(true))}, options);
  EXPECT_GE(found[0].turn_medians_ms.size(), 2u);
  EXPECT_EQ(found[0].turn_medians_ms.size(), found[1].turn_medians_ms.size());
  EXPECT_EQ(speedup_range(found)->rounds, static_cast<int>(found[0].turn_medians_ms.size()));
}

TEST(SpeedupRange, LeavesOutATenthOfTheRoundsOnEitherSide) {
  std::vector<ModelBench> models(2);
  for (int round = 0; round <= 10; ++round) {
    models[0].turn_medians_ms.push_back(10 + round);
    models[1].turn_medians_ms.push_back(10);
  }
  const auto range = *speedup_range(models);
  EXPECT_DOUBLE_EQ(range.low, 1.1);
  EXPECT_DOUBLE_EQ(range.high, 1.9);
  EXPECT_EQ(range.rounds, 11);
}

TEST(SpeedupRange, IsNotThereForOneModelOrOneRound) {
  std::vector<ModelBench> models(2);
  for (ModelBench& model : models) model.turn_medians_ms = {1};
  EXPECT_FALSE(speedup_range(models));
  models.pop_back();
  EXPECT_FALSE(speedup_range(models));
}

TEST(CompareLatency, RunsSeveralStreamsOfOnePlan) {
  BenchOptions options;
  options.seconds = 0.02;
  options.streams = 3;
  options.threads = 2;
  const auto found = *compare_latency({engine_model(plan_of(true))}, options);
  EXPECT_GE(found[0].latencies_ms.size(), 3u);
}

TEST(RunOnce, RunsAModelOnItsInputs) {
  for (const int threads : {1, 2}) EXPECT_TRUE(run_once(engine_model(plan_of(true)), threads).ok());
}

TEST(ProfileSteps, TimesTheStepsOfThePlanInTheirOrder) {
  const auto plan = plan_of(true);
  const auto times = *profile_steps(*engine_model(plan), 1, 5);
  ASSERT_EQ(times.size(), plan->steps().size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_EQ(times[i].step.op, plan->steps()[i].op);
    EXPECT_GT(times[i].median_us, 0);
    EXPECT_GT(times[i].step.bytes, 0);
  }
}

}  // namespace
}  // namespace octet
