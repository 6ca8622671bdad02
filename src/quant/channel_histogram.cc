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

// Most counts are zero: each run of zeros as its length, each run of others as its length and the counts.
void ChannelHistogram::write(ByteWriter& bytes) const {
  bytes.add(static_cast<std::uint32_t>(channels()));
  const std::span<const std::uint32_t> all = counts_;
  for (std::size_t i = 0; i < all.size();) {
    const auto is_zero = [](std::uint32_t count) { return count == 0; };
    const auto begin = std::find_if_not(all.begin() + static_cast<std::ptrdiff_t>(i), all.end(), is_zero);
    const auto end = std::find_if(begin, all.end(), is_zero);
    const auto first = static_cast<std::size_t>(begin - all.begin()), last = static_cast<std::size_t>(end - all.begin());
    bytes.add(static_cast<std::uint32_t>(first - i));
    bytes.add(static_cast<std::uint32_t>(last - first));
    bytes.add(all.subspan(first, last - first));
    i = last;
  }
}

ChannelHistogram ChannelHistogram::read(ByteReader& bytes, std::size_t most_channels) {
  const auto channels = bytes.get<std::uint32_t>();
  if (channels > most_channels) bytes.fail();
  ChannelHistogram read(bytes.ok() ? channels : 0);
  for (std::size_t i = 0; i < read.counts_.size() && bytes.ok();) {
    const std::size_t zeros = bytes.get<std::uint32_t>(), others = bytes.get<std::uint32_t>();
    const auto counts = bytes.get<std::uint32_t>(others);
    if (zeros + others == 0 || zeros + others > read.counts_.size() - i) bytes.fail();
    if (bytes.ok()) std::ranges::copy(counts, read.counts_.begin() + static_cast<std::ptrdiff_t>(i + zeros));
    i += zeros + others;
  }
  return bytes.ok() ? read : ChannelHistogram(0);
}

double ChannelHistogram::magnitude(int step) {
  const double fraction = (step % kStepsOfOctave + 0.5) / kStepsOfOctave;
  return std::ldexp(1 + fraction, step / kStepsOfOctave + kLeastExponent);
}

}  // namespace octet::quant
