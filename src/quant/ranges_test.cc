#include "quant/ranges.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace octet::quant {
namespace {

std::pair<double, double> asymmetric(double low, double high) {
  make_asymmetric(low, high);
  return {low, high};
}

void expect_range(std::pair<double, double> found, double low, double high) {
  EXPECT_NEAR(found.first, low, 1e-12);
  EXPECT_NEAR(found.second, high, 1e-12);
}

TEST(MakeAsymmetric, StartsAtZeroForWhatIsNeverNegative) { expect_range(asymmetric(0.5, 6), 0, 6); }

TEST(MakeAsymmetric, EndsAtZeroForWhatIsNeverPositive) { expect_range(asymmetric(-3, -1), -3, 0); }

// -1 * 255 / 4 = 63.75 rounds to 64, so the lower end grows to 64 / 191 of the upper one.
TEST(MakeAsymmetric, GrowsTheLowerEndToAWholeStep) { expect_range(asymmetric(-1, 3), -64.0 / 191 * 3, 3); }

// 1 * 255 / 3.01 = 84.7 rounds to 85 again below; here 0.9 * 255 / 3.9 = 58.85 rounds up, 0.91 * 255 / 3.91 = 59.35 down.
TEST(MakeAsymmetric, GrowsTheUpperEndToAWholeStep) { expect_range(asymmetric(-0.91, 3), -0.91, 0.91 * 196 / 59); }

TEST(MakeAsymmetric, WidensWhatIsTooNarrow) { expect_range(asymmetric(0, 0), -128.0 / 127 * 8e-4, 8e-4); }

TEST(MakeAsymmetric, TakesLessThanHalfAStepBelowZeroForZero) {
  const auto [low, high] = asymmetric(-1e-3, 6);
  EXPECT_EQ(low, 0);
  EXPECT_EQ(high, 6);
}

TEST(MakeAsymmetric, MakesZeroALevelAndLosesLessThanHalfAStep) {
  EXPECT_TRUE(rc::check([] {
    const auto real = [] { return *rc::gen::resize(100, rc::gen::inRange(-100000, 100000)) * 1e-3; };
    const double a = real(), b = real(), least = std::min(a, b), most = std::max(a, b);
    const auto [low, high] = asymmetric(least, most);
    const double step = (high - low) / 255, zero = -low / step;
    RC_ASSERT(std::fabs(zero - std::nearbyint(zero)) < 1e-9);
    RC_ASSERT(low <= 0 && high >= 0);
    RC_ASSERT(low - std::min(least, 0.0) <= step / 2 && std::max(most, 0.0) - high <= step / 2);
  }));
}

TEST(AsymmetricLimits, HasOnePairAChannel) {
  const std::vector<double> low{0, -2}, high{1, 0};
  const Limits limits = asymmetric_limits(low, high);
  EXPECT_EQ(limits.low, (std::vector<float>{0, -2}));
  EXPECT_EQ(limits.high, (std::vector<float>{1, 0}));
}

TEST(SymmetricLimits, StartAtZeroWhereNothingIsNegative) {
  const Limits limits = symmetric_limits(std::vector<double>{0, 0.5}, std::vector<double>{6, 2});
  EXPECT_EQ(limits.low, (std::vector<float>{0, 0}));
  EXPECT_EQ(limits.high, (std::vector<float>{6, 2}));
}

TEST(SymmetricLimits, HaveOneStepMoreBelowZeroThanAbove) {
  const Limits limits = symmetric_limits(std::vector<double>{-1, 0}, std::vector<double>{0.5, 2.54});
  EXPECT_EQ(limits.low, (std::vector<float>{-128.0f / 127, -2.56f}));
  EXPECT_EQ(limits.high, (std::vector<float>{1, 2.54f}));
}

TEST(SymmetricLimits, AreAtLeastAHundredthOfTheLargestAndNeverNothing) {
  EXPECT_EQ(symmetric_limits(std::vector<double>{0, 0}, std::vector<double>{1e-9, 5}).high, (std::vector<float>{0.05f, 5}));
  EXPECT_EQ(symmetric_limits(std::vector<double>{0}, std::vector<double>{0}).high, std::vector<float>{8e-5f});
}

TEST(QuantizeWeights, ScalesEachChannelByItsLargestMagnitude) {
  const std::vector<float> weights{1.27f, -0.64f, 0, -2.54f, 0.02f, 1};
  const WeightQuantization found = quantize_weights(weights, 2, 1);
  EXPECT_FLOAT_EQ(found.scale[0], 0.01f);
  EXPECT_FLOAT_EQ(found.scale[1], 0.02f);
  EXPECT_EQ(found.values, (std::vector<std::int8_t>{127, -64, 0, -127, 1, 50}));
}

TEST(QuantizeWeights, RoundsHalvesToEven) {
  const std::vector<float> weights{127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f};
  EXPECT_EQ(quantize_weights(weights, 1, 1).values, (std::vector<std::int8_t>{127, 0, 2, 2, 0, -2}));
}

TEST(QuantizeWeights, GivesChannelsOfNothingTheScaleOne) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  const WeightQuantization found = quantize_weights(std::vector<float>{0, 0, tiny, -tiny}, 2, 2);
  EXPECT_EQ(found.scale, (std::vector<float>{1, 1}));
  EXPECT_EQ(found.values, (std::vector<std::int8_t>{0, 0, 0, 0}));
}

TEST(QuantizeWeights, StaysWithinHalfAStep) {
  EXPECT_TRUE(rc::check([](std::vector<float> weights) {
    RC_PRE(!weights.empty());
    const WeightQuantization found = quantize_weights(weights, 1, 1);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      RC_ASSERT(found.values[i] >= -127);
      RC_ASSERT(std::fabs(static_cast<double>(found.scale[0]) * found.values[i] - static_cast<double>(weights[i])) <=
                0.5001 * static_cast<double>(found.scale[0]));
    }
  }));
}

// Three errors of 0.4 steps add up to 1.2: one of them moves, the first where they are alike.
TEST(QuantizeWeights, KeepsTheSumOfAPlane) {
  const std::vector<float> weights{127, 3.4f, 5.4f, 7.4f};
  EXPECT_EQ(quantize_weights(weights, 1, 4).values, (std::vector<std::int8_t>{127, 4, 5, 7}));
  EXPECT_EQ(quantize_weights(weights, 1, 2).values, (std::vector<std::int8_t>{127, 3, 6, 7}));
}

TEST(QuantizeWeights, NeverLeavesTheRangeForTheSum) {
  const std::vector<float> weights{127, 127, 0.4f, 0.4f, 0.4f, 0.4f, -127, 126.6f};
  for (const std::int8_t value : quantize_weights(weights, 1, 8).values) EXPECT_GE(value, -127);
}

TEST(QuantizeWeights, KeepsSumsToHalfAStepAndWeightsToOne) {
  EXPECT_TRUE(rc::check([] {
    const auto taps = *rc::gen::inRange<std::size_t>(1, 26), planes = *rc::gen::inRange<std::size_t>(1, 5);
    const auto steps = *rc::gen::container<std::vector<int>>(taps * planes, rc::gen::resize(100, rc::gen::inRange(-1000, 1000)));
    std::vector<float> weights(steps.begin(), steps.end());
    const WeightQuantization found = quantize_weights(weights, 1, taps);
    const auto scale = static_cast<double>(found.scale[0]);
    for (std::size_t first = 0; first < weights.size(); first += taps) {
      double missing = 0;
      bool at_the_end = false;
      for (std::size_t i = first; i < first + taps; ++i) {
        const double error = static_cast<double>(weights[i]) / scale - found.values[i];
        RC_ASSERT(std::fabs(error) < 1.001);
        missing += error;
        at_the_end = at_the_end || std::abs(found.values[i]) == 127;
      }
      RC_ASSERT(at_the_end || std::fabs(missing) < 0.501);
    }
  }));
}

}  // namespace
}  // namespace octet::quant
