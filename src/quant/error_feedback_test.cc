#include "quant/error_feedback.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "quant/pair_safe.h"

namespace octet::quant {
namespace {

std::vector<float> normal_numbers(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> numbers(count);
  for (float& number : numbers) number = normal(random);
  return numbers;
}

// Of inputs that a few causes and some noise of their own make.
std::vector<double> correlated(std::size_t size, std::uint32_t seed) {
  constexpr std::size_t kCauses = 4;
  const auto mix = normal_numbers(size * kCauses, seed);
  std::vector<double> covariance(size * size);
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t k = 0; k < size; ++k) {
      for (std::size_t c = 0; c < kCauses; ++c)
        covariance[i * size + k] += static_cast<double>(mix[i * kCauses + c]) * static_cast<double>(mix[k * kCauses + c]);
      if (i == k) covariance[i * size + k] += 0.05;
    }
  return covariance;
}

std::vector<double> errors_of(std::span<const float> weights, float scale, std::span<const std::int8_t> values) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < weights.size(); ++i)
    errors.push_back(static_cast<double>(weights[i]) - static_cast<double>(scale) * static_cast<double>(values[i]));
  return errors;
}

double variance_of(const std::vector<double>& errors, const std::vector<double>& covariance) {
  double sum = 0;
  for (std::size_t i = 0; i < errors.size(); ++i)
    for (std::size_t k = 0; k < errors.size(); ++k) sum += errors[i] * covariance[i * errors.size() + k] * errors[k];
  return sum;
}

float scale_of(std::span<const float> weights) {
  float largest = 0;
  for (const float weight : weights) largest = std::max(largest, std::fabs(weight));
  return largest / 127;
}

std::vector<std::int8_t> rounded(const ErrorFeedback& feedback, std::span<const float> weights, float scale, bool pair_safe = false) {
  std::vector<std::int8_t> values(weights.size());
  feedback.round(std::array{ErrorFeedback::Filter{weights, scale, values}}, pair_safe);
  return values;
}

TEST(ErrorFeedback, LeavesAFractionOfTheErrorOfRoundingToNearest) {
  constexpr std::size_t kSize = 64;
  const auto covariance = correlated(kSize, 3);
  const ErrorFeedback feedback(covariance, kSize, 0);
  double with = 0, nearest = 0;
  for (std::uint32_t filter = 0; filter < 20; ++filter) {
    const auto weights = normal_numbers(kSize, 100 + filter);
    const float scale = scale_of(weights);
    std::vector<std::int8_t> plain;
    with += variance_of(errors_of(weights, scale, rounded(feedback, weights, scale)), covariance);
    for (const float weight : weights) plain.push_back(static_cast<std::int8_t>(std::nearbyint(weight / scale)));
    nearest += variance_of(errors_of(weights, scale, plain), covariance);
  }
  EXPECT_LT(with, nearest / 5);
}

TEST(ErrorFeedback, RoundsToNearestWhereNothingIsCorrelated) {
  constexpr std::size_t kSize = 30;
  const auto weights = normal_numbers(kSize, 4);
  const float scale = scale_of(weights);
  std::vector<double> covariance(kSize * kSize);
  for (std::size_t i = 0; i < kSize; ++i) covariance[i * (kSize + 1)] = static_cast<double>(i);
  const auto values = rounded(ErrorFeedback(covariance, kSize, 0.1), weights, scale);
  for (std::size_t i = 0; i < kSize; ++i)
    EXPECT_EQ(values[i], std::nearbyint(static_cast<double>(weights[i]) / static_cast<double>(scale)));
}

TEST(ErrorFeedback, TakesInputsThatNeverChange) {
  constexpr std::size_t kSize = 5;
  const std::vector<float> weights{1, -0.5f, 0.25f, 0, 0.75f};
  EXPECT_EQ(rounded(ErrorFeedback(std::vector<double>(kSize * kSize), kSize, 0.1), weights, 0.25f),
            (std::vector<std::int8_t>{4, -2, 1, 0, 3}));
}

TEST(ErrorFeedback, RoundsEachOfSeveralFiltersAsAlone) {
  constexpr std::size_t kSize = 37, kFilters = 7;
  const ErrorFeedback feedback(correlated(kSize, 5), kSize, 0.1);
  std::vector<std::vector<float>> weights;
  std::vector<std::vector<std::int8_t>> values(kFilters, std::vector<std::int8_t>(kSize));
  std::vector<ErrorFeedback::Filter> filters;
  for (std::uint32_t i = 0; i < kFilters; ++i) weights.push_back(normal_numbers(kSize, i));
  for (std::size_t i = 0; i < kFilters; ++i) filters.push_back({weights[i], scale_of(weights[i]), values[i]});
  feedback.round(filters, false);
  for (std::size_t i = 0; i < kFilters; ++i) EXPECT_EQ(values[i], rounded(feedback, weights[i], filters[i].scale)) << i;
}

TEST(ErrorFeedback, KeepsPairsSafe) {
  for (const std::size_t size : {1, 2, 7, 48})
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      const auto weights = normal_numbers(size, seed);
      const auto values = rounded(ErrorFeedback(correlated(size, seed), size, 0), weights, scale_of(weights), true);
      const std::vector<int> steps(values.begin(), values.end());
      for (std::size_t i = 0; i + 1 < size; i += 2) {
        const int a = steps[i], b = steps[i + 1];
        EXPECT_LE(std::max(a, 0) + std::max(b, 0), kPairSafeSum) << size << ", input " << i;
        EXPECT_LE(std::max(-a, 0) + std::max(-b, 0), kPairSafeSum) << size << ", input " << i;
      }
    }
}

}  // namespace
}  // namespace octet::quant
