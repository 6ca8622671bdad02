#include "quant/channel_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

namespace octet::quant {
namespace {

constexpr std::int64_t kMostPixels = 4096;  // of one image

// The step lies in the bits of a float: its exponent and the first three bits of its fraction.
constexpr int kFractionBits = 23, kStepBits = 3, kBias = 127;
static_assert(1 << kStepBits == ChannelHistogram::kStepsOfOctave);

int step_of(std::uint32_t bits) {
  const int step = static_cast<int>((bits & 0x7fffffffU) >> (kFractionBits - kStepBits));
  return std::clamp(step - (kBias + ChannelHistogram::kLeastExponent) * ChannelHistogram::kStepsOfOctave, 0, ChannelHistogram::kSteps - 1);
}

}  // namespace

void ChannelHistogram::add(const kernels::ImageView<const float>& image) {
  const std::int64_t distance = std::max<std::int64_t>(1, image.pixels() / kMostPixels);
  for (std::int64_t pixel = 0; pixel < image.pixels(); pixel += distance) {
    const float* values = image.data + pixel * image.pixel_stride;
    for (std::int64_t channel = 0; channel < image.channels; ++channel) {
      const auto bits = std::bit_cast<std::uint32_t>(values[channel]);
      ++counts_[index(static_cast<std::size_t>(channel), bits >> 31 != 0, step_of(bits))];
    }
  }
}

void ChannelHistogram::add(const ChannelHistogram& other) {
  std::ranges::transform(counts_, other.counts_, counts_.begin(), std::plus<>());
}

double ChannelHistogram::magnitude(int step) {
  const double fraction = (step % kStepsOfOctave + 0.5) / kStepsOfOctave;
  return std::ldexp(1 + fraction, step / kStepsOfOctave + kLeastExponent);
}

}  // namespace octet::quant
