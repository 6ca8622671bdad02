#include "benchmark/measure.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "engines/octet_engine.h"
#include "runtime/graph_for_test.h"

namespace octet {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

class MeasureTest : public testing::Test {
 protected:
  MeasureTest() {
    SmallGraph g;
    g.output(g.conv(g.input({1, 3, 8, 8}), 4));
    model_ = engine_model(*compile(g.graph));
  }

  std::shared_ptr<const EngineModel> model_;
  const Tensor input_ = numbers({1, 3, 8, 8});
  const Tensor wrong_ = numbers({1, 3, 8, 9});
};

TEST_F(MeasureTest, RunsTheNumberOfIterations) {
  RequestQueue queue(model_, {.streams = 2, .requests = 3});
  std::multiset<std::size_t> requests;
  const auto inputs = [&](std::size_t request) {
    requests.insert(request);
    return std::span(&input_, 1);
  };
  const auto found = *measure_requests(queue, inputs, {.iterations = 10});
  EXPECT_EQ(found.latencies_ms.size(), 10u);
  EXPECT_EQ(requests.size(), 10u);
  EXPECT_EQ(std::set<std::size_t>(requests.begin(), requests.end()), (std::set<std::size_t>{0, 1, 2}));
  EXPECT_GT(std::ranges::min(found.latencies_ms), 0);
  EXPECT_GE(1e3 * found.seconds, std::ranges::max(found.latencies_ms));
}

TEST_F(MeasureTest, EndsOnAMultiple) {
  RequestQueue queue(model_, {.streams = 1, .requests = 2});
  const auto inputs = [&](std::size_t) { return std::span(&input_, 1); };
  EXPECT_EQ(measure_requests(queue, inputs, {.iterations = 5, .multiple = 4})->latencies_ms.size(), 8u);
  EXPECT_EQ(measure_requests(queue, inputs, {.seconds = 0.01, .multiple = 3})->latencies_ms.size() % 3, 0u);
}

TEST_F(MeasureTest, RunsUntilBothLimitsAreReached) {
  const auto session = model_->open_session(1);
  const auto inputs = [&](std::size_t) { return std::span(&input_, 1); };
  EXPECT_EQ(measure_serial(*session, inputs, {.iterations = 7})->latencies_ms.size(), 7u);
  EXPECT_EQ(measure_serial(*session, inputs, {})->latencies_ms.size(), 1u);
  const auto both = *measure_serial(*session, inputs, {.iterations = 3, .seconds = 0.02});
  EXPECT_GE(both.latencies_ms.size(), 3u);
  EXPECT_GE(both.seconds, 0.02);
}

TEST_F(MeasureTest, BeginsNoMoreThanTheRate) {
  const auto session = model_->open_session(1);
  const auto found = *measure_serial(*session, [&](std::size_t) { return std::span(&input_, 1); }, {.iterations = 5, .max_rate = 200});
  EXPECT_GE(found.seconds, 4 / 200.0);
}

TEST_F(MeasureTest, SaysWhatAnInferenceSays) {
  const auto inputs = [&](std::size_t) { return std::span(&wrong_, 1); };
  RequestQueue queue(model_, {.streams = 2, .requests = 2});
  const auto async = measure_requests(queue, inputs, {.iterations = 6});
  ASSERT_FALSE(async.ok());
  EXPECT_EQ(async.error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(measure_serial(*model_->open_session(1), inputs, {}).ok());
}

}  // namespace
}  // namespace octet
