#include "quant/weight_rounding.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "graph/patterns.h"
#include "quant/quantize.h"
#include "quant/small_net_for_test.h"
#include "runtime/plan.h"

namespace octet::quant {
namespace {

using quant_test::kImage;
using runtime_test::SmallGraph;

// Grey, so that one channel's errors can make up for another's.
Tensor grey_picture(std::size_t index) {
  std::mt19937 random(static_cast<std::uint32_t>(index));
  Tensor tensor(ElementType::kF32, kImage);
  const auto values = tensor.mutable_values<float>();
  const std::size_t plane = values.size() / 3;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i < plane ? static_cast<float>(random() % 256) : values[i - plane];
  return tensor;
}

// A convolution of pixels, which 256 levels hold without an error.
SmallGraph one_layer(const Tensor& weights) {
  SmallGraph g;
  const Value layer =
      g.graph.emit(Convolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {g.input(kImage), g.graph.emit_constant(weights)}, "only");
  g.output(g.bias(layer));
  return g;
}

CalibratedModel calibrated(const Graph& graph) { return *CalibratedModel::calibrate(graph, quant_test::pictures(40, grey_picture), {}); }

double squared_error(const Graph& found, const Graph& expected) {
  Session a(*compile(found), 1), b(*compile(expected), 1);
  double sum = 0;
  for (std::size_t index = 100; index < 110; ++index) {
    const Tensor picture = grey_picture(index);
    const auto one = to_vector<float>((*a.run(std::span(&picture, 1)))[0]), other = to_vector<float>((*b.run(std::span(&picture, 1)))[0]);
    for (std::size_t i = 0; i < one.size(); ++i) sum += static_cast<double>(one[i] - other[i]) * static_cast<double>(one[i] - other[i]);
  }
  return sum;
}

TEST(BetterWeights, ComeCloserWhereInputsAreAlike) {
  const SmallGraph g = one_layer(runtime_test::numbers({16, 3, 3, 3}));
  const CalibratedModel model = calibrated(g.graph);
  const auto better = *model.better_weights(quant_test::pictures(40, grey_picture), 2);
  ASSERT_EQ(better.size(), 1u);
  const auto together = *model.quantize({}, better), nearest = *model.quantize({});
  EXPECT_TRUE(together.is_second_order);
  EXPECT_FALSE(nearest.is_second_order);
  EXPECT_LT(squared_error(together.graph, g.graph), 0.6 * squared_error(nearest.graph, g.graph));
}

TEST(BetterWeights, AreNoneWhereRoundingCostsNothing) {
  Tensor weights(ElementType::kF32, {4, 3, 3, 3});
  std::ranges::fill(weights.mutable_values<float>(), 127 * 0.0078125f);  // the scale is a power of two
  EXPECT_TRUE(calibrated(one_layer(weights).graph).better_weights(quant_test::pictures(40, grey_picture), 1)->empty());
}

TEST(BetterWeights, AreNoneOfFewPictures) {
  const CalibratedModel model = calibrated(one_layer(runtime_test::numbers({4, 3, 3, 3})).graph);
  EXPECT_TRUE(model.better_weights(quant_test::pictures(kImagesOfSecondOrder - 1, grey_picture), 1)->empty());
}

TEST(BetterWeights, NeedAPictureThatCanBeRead) {
  const CalibratedModel model = calibrated(one_layer(runtime_test::numbers({4, 3, 3, 3})).graph);
  const auto broken = [](std::size_t) -> Result<Tensor> { return Error{ErrorCode::kMalformed, "broken"}; };
  EXPECT_EQ(model.better_weights({40, broken}, 1).error().code, ErrorCode::kNotFound);
}

TEST(SecondOrderWeights, AreTheSameWithAnyThreadsAndKeepTheScales) {
  SmallGraph g;
  quant_test::small_head(g, quant_test::small_body(g));
  const CalibratedModel model = calibrated(g.graph);
  const auto with = [&](int threads) {
    return *second_order_weights(model.graph(), model.plan(), model.statistics().observers, quant_test::pictures(40, grey_picture), threads,
                                 false);
  };
  const RoundedWeights one = with(1), three = with(3);
  ASSERT_EQ(one.size(), model.plan().convolutions.size());
  for (const auto& [convolution, weights] : one) {
    EXPECT_EQ(weights->values, three.at(convolution)->values);
    EXPECT_EQ(weights->scale, nearest_weights(model.graph(), convolution, false).scale);
  }
}

}  // namespace
}  // namespace octet::quant
