#include "quant/ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace octet::quant {
namespace {

constexpr double kNarrowest = 8e-4;
constexpr double kSteps = 255;  // 8 bits: 256 levels
constexpr float kLargestWeight = 127;

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
  if (high - grown_low > grown_high - low) low = grown_low;
  else high = grown_high;
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

WeightQuantization quantize_weights(std::span<const float> weights, std::size_t channels) {
  WeightQuantization result;
  result.values.resize(weights.size());
  const std::size_t filter = weights.size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const auto values = weights.subspan(channel * filter, filter);
    float largest = 0;
    for (const float value : values) largest = std::max(largest, std::fabs(value));
    const float scale = largest / kLargestWeight >= std::numeric_limits<float>::min() ? largest / kLargestWeight : 1.0f;
    for (std::size_t i = 0; i < filter; ++i)
      result.values[channel * filter + i] = static_cast<std::int8_t>(std::clamp(std::nearbyintf(values[i] / scale), -kLargestWeight, kLargestWeight));
    result.scale.push_back(scale);
  }
  return result;
}

}  // namespace octet::quant
