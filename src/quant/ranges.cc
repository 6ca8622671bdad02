#include "quant/ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace octet::quant {
namespace {

constexpr double kNarrowest = 8e-4;
constexpr double kSteps = 255;  // 8 bits: 256 levels
constexpr float kLargestWeight = 127;

// To the nearest, of two as near to the even one, of magnitudes below 2^22: beside what is added there is no room for a fraction.
float nearest(float x) {
  constexpr float kWhole = 12582912;  // 1.5 * 2^23
  return (x + kWhole) - kWhole;
}

// Moves the weights with the largest error by one step until the sum is kept.
void keep_sum(std::span<const float> steps, std::span<std::int8_t> rounded) {
  double missing = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) missing += static_cast<double>(steps[i]) - rounded[i];
  const auto moves = std::min(steps.size(), static_cast<std::size_t>(std::fabs(std::nearbyint(missing))));
  if (moves == 0) return;
  const int direction = missing > 0 ? 1 : -1;
  const auto gain = [&](std::size_t i) { return direction * (steps[i] - rounded[i]); };
  std::vector<std::size_t> order(steps.size());
  std::iota(order.begin(), order.end(), 0);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(moves), order.end(),
                    [&](std::size_t a, std::size_t b) { return gain(a) != gain(b) ? gain(a) > gain(b) : a < b; });
  for (std::size_t i = 0; i < moves; ++i)
    if (std::abs(rounded[order[i]] + direction) <= kLargestWeight)
      rounded[order[i]] = static_cast<std::int8_t>(rounded[order[i]] + direction);
}

}  // namespace

void make_asymmetric(double& low, double& high) {
  if (high - low <= kNarrowest) {
    high += kNarrowest;
    low -= kNarrowest;
  }
  low = std::min(low, 0.0);
  high = std::max(high, 0.0);
  const double zero = std::nearbyint(-low * kSteps / (high - low));
  // Less than half a step beyond zero: the step that it rounds to is zero itself.
  if (zero == 0) low = 0;
  if (zero == kSteps) high = 0;
  const double grown_low = zero < kSteps ? zero / (zero - kSteps) * high : low;
  const double grown_high = zero > 0 ? (zero - kSteps) / zero * low : high;
  if (high - grown_low > grown_high - low)
    low = grown_low;
  else
    high = grown_high;
}

Limits asymmetric_limits(std::span<const double> low, std::span<const double> high) {
  Limits limits;
  for (std::size_t i = 0; i < low.size(); ++i) {
    double from = low[i], to = high[i];
    make_asymmetric(from, to);
    limits.low.push_back(static_cast<float>(from));
    limits.high.push_back(static_cast<float>(to));
  }
  return limits;
}

Limits symmetric_limits(std::span<const double> low, std::span<const double> high) {
  constexpr double kLeast = 8e-5, kLeastShare = 0.01, kLowOfHigh = 128.0 / 127;
  double largest = 0;
  for (std::size_t i = 0; i < low.size(); ++i) largest = std::max({largest, std::fabs(low[i]), std::fabs(high[i])});
  const bool is_signed = std::ranges::any_of(low, [](double each) { return each < 0; });
  Limits limits;
  for (std::size_t i = 0; i < low.size(); ++i) {
    const double end = std::max({std::fabs(low[i]), std::fabs(high[i]), kLeast, kLeastShare * largest});
    limits.low.push_back(is_signed ? static_cast<float>(-end * kLowOfHigh) : 0.0f);
    limits.high.push_back(static_cast<float>(end));
  }
  return limits;
}

WeightQuantization quantize_weights(std::span<const float> weights, std::size_t channels, std::size_t taps) {
  WeightQuantization result;
  result.values.resize(weights.size());
  const std::size_t filter = weights.size() / channels;
  std::vector<float> steps(filter);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const auto values = weights.subspan(channel * filter, filter);
    float largest = 0;
    for (const float value : values) largest = std::max(largest, std::fabs(value));
    const float scale = largest / kLargestWeight >= std::numeric_limits<float>::min() ? largest / kLargestWeight : 1.0f;
    const auto rounded = std::span(result.values).subspan(channel * filter, filter);
    for (std::size_t i = 0; i < filter; ++i) {
      steps[i] = values[i] / scale;
      rounded[i] = static_cast<std::int8_t>(std::clamp(nearest(steps[i]), -kLargestWeight, kLargestWeight));
    }
    // The sum of a single weight is kept to half a step.
    for (std::size_t first = 0; taps > 1 && first < filter; first += taps)
      keep_sum(std::span(steps).subspan(first, taps), rounded.subspan(first, taps));
    result.scale.push_back(scale);
  }
  return result;
}

}  // namespace octet::quant
