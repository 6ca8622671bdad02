#include "quant/pair_safe.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <vector>

namespace octet::quant {
namespace {

constexpr float kLargestWeight = 127;

bool is_safe(int a, int b) { return (a < 0) != (b < 0) || std::abs(a) + std::abs(b) <= kPairSafeSum; }

bool all_safe(std::span<const std::int8_t> filter) {
  for (std::size_t i = 0; i + 1 < filter.size(); i += 2)
    if (!is_safe(filter[i], filter[i + 1])) return false;
  return true;
}

// Rounds the pair, of magnitudes up to kLargestWeight, to the nearest safe one of whole numbers. What is too much is taken off both alike.
void round_pair(float a, float b, std::int8_t* to) {
  const auto nearest = [](float x) { return static_cast<std::int8_t>(std::clamp(std::nearbyintf(x), -kLargestWeight, kLargestWeight)); };
  to[0] = nearest(a), to[1] = nearest(b);
  if (is_safe(to[0], to[1])) return;
  const float excess = std::max(0.0f, std::fabs(a) + std::fabs(b) - kPairSafeSum) / 2;
  to[0] = nearest(a - std::copysign(excess, a));
  const int room = kPairSafeSum - std::abs(to[0]);
  to[1] = static_cast<std::int8_t>(std::clamp<int>(nearest(b - std::copysign(excess, b)), -room, room));
}

// Squared error of the filter at `scale`, whose weights go to `to`.
double round_filter(std::span<const float> filter, float scale, std::vector<std::int8_t>& to) {
  double error = 0;
  for (std::size_t i = 0; i < filter.size(); i += 2) {
    const float a = filter[i] / scale, b = i + 1 < filter.size() ? filter[i + 1] / scale : 0.0f;
    std::int8_t pair[2];
    round_pair(a, b, pair);
    for (std::size_t j = i; j < std::min(i + 2, filter.size()); ++j) {
      to[j] = pair[j - i];
      const double missing = static_cast<double>(filter[j]) - static_cast<double>(scale) * pair[j - i];
      error += missing * missing;
    }
  }
  return error;
}

// The scale at which no pair is too large.
float safe_scale(std::span<const float> filter) {
  float most = 0;
  for (std::size_t i = 0; i + 1 < filter.size(); i += 2)
    if ((filter[i] < 0) == (filter[i + 1] < 0)) most = std::max(most, std::fabs(filter[i]) + std::fabs(filter[i + 1]));
  return most / kPairSafeSum;
}

void make_filter_safe(std::span<const float> filter, std::span<std::int8_t> values, float& scale) {
  constexpr int kScales = 16;  // tried, from the given one to the one that needs no reduction
  const float first = scale, last = std::max(safe_scale(filter), first);
  double least = std::numeric_limits<double>::infinity();
  std::vector<std::int8_t> tried(filter.size());
  for (int i = 0; i <= kScales; ++i) {
    const float candidate = first + (last - first) * static_cast<float>(i) / kScales;
    const double error = round_filter(filter, candidate, tried);
    if (error >= least) continue;
    least = error;
    scale = candidate;
    std::copy(tried.begin(), tried.end(), values.begin());
  }
}

}  // namespace

void make_pair_safe(std::span<const float> weights, std::size_t channels, WeightQuantization& quantized) {
  const std::size_t size = weights.size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const auto values = std::span(quantized.values).subspan(channel * size, size);
    if (!all_safe(values)) make_filter_safe(weights.subspan(channel * size, size), values, quantized.scale[channel]);
  }
}

}  // namespace octet::quant
