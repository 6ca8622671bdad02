#include "quant/pair_safe.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace octet::quant {
namespace {

// Numbers that are normal enough: sums of three uniform ones from -1 to 1.
std::vector<float> weights_of(std::size_t count, std::uint32_t seed) {
  std::vector<float> weights(count);
  const auto next = [&seed] {
    seed = seed * 1664525u + 1013904223u;
    return static_cast<float>(seed >> 8) / 8388608.0f - 1.0f;
  };
  for (float& weight : weights) weight = next() + next() + next();
  return weights;
}

void expect_safe(const WeightQuantization& quantized, std::size_t channels) {
  const std::vector<int> values(quantized.values.begin(), quantized.values.end());
  const std::size_t filter = values.size() / channels;
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t i = 0; i + 1 < filter; i += 2) {
      const int a = values[c * filter + i], b = values[c * filter + i + 1];
      EXPECT_LE(std::max(a, 0) + std::max(b, 0), kPairSafeSum) << "channel " << c << ", input " << i;
      EXPECT_LE(std::max(-a, 0) + std::max(-b, 0), kPairSafeSum) << "channel " << c << ", input " << i;
    }
}

TEST(PairSafe, KeepsNeighboursWithinTheirSum) {
  constexpr std::size_t kFilters = 5;
  for (const std::size_t size : {1, 2, 7, 32}) {
    const auto weights = weights_of(kFilters * size, static_cast<std::uint32_t>(size));
    WeightQuantization quantized = quantize_weights(weights, kFilters, 1);
    const auto first_scale = quantized.scale;
    make_pair_safe(weights, kFilters, quantized);
    expect_safe(quantized, kFilters);
    for (std::size_t f = 0; f < kFilters; ++f) {
      float error = 0;
      for (std::size_t i = f * size; i < (f + 1) * size; ++i) {
        const float missing = weights[i] - quantized.scale[f] * quantized.values[i];
        error += missing * missing;
      }
      // At twice the scale no pair is too large, and rounding costs a step and a half at most.
      EXPECT_LE(error, static_cast<float>(size) * 9 * first_scale[f] * first_scale[f]) << size << ", filter " << f;
    }
  }
}

TEST(PairSafe, LeavesFiltersThatAreSafe) {
  const std::vector<float> weights{127, 1, -100, 100, 64, 64, -60, -68};
  WeightQuantization quantized = quantize_weights(weights, 1, 1);
  const WeightQuantization before = quantized;
  make_pair_safe(weights, 1, quantized);
  EXPECT_EQ(quantized.values, before.values);
  EXPECT_EQ(quantized.scale, before.scale);
}

// One pair of many is reduced, since the scale that it fits at would move all others.
TEST(PairSafe, ReducesAPairThatStandsAlone) {
  std::vector<float> weights(64, 0.0f);
  for (std::size_t i = 0; i < weights.size(); i += 2) weights[i] = static_cast<float>(i);
  weights[0] = 127, weights[1] = 2;
  WeightQuantization quantized = quantize_weights(weights, 1, 1);
  make_pair_safe(weights, 1, quantized);
  expect_safe(quantized, 1);
  EXPECT_LT(quantized.scale[0], 1 + 0.5f / 128);  // it fits at 129 / 128
  for (std::size_t i = 2; i < weights.size(); ++i) EXPECT_EQ(quantized.values[i], weights[i]) << i;
}

}  // namespace
}  // namespace octet::quant
