#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "kernels/view.h"

namespace octet::quant {

// How often the values of each channel have which sign and magnitude, in steps of an eighth of a power of two from 2^-12 to 2^10; what is
// beyond counts for the last step. Counts are integers, so that their order, and with it the number of threads, does not matter.
class ChannelHistogram {
 public:
  static constexpr int kStepsOfOctave = 8, kLeastExponent = -12, kOctaves = 22, kSteps = kStepsOfOctave * kOctaves;

  explicit ChannelHistogram(std::size_t channels) : counts_(channels * 2 * kSteps) {}

  // Counts some pixels of an image, evenly spaced.
  void add(const kernels::ImageView<const float>& image);
  void add(const ChannelHistogram& other);  // of as many channels

  void write(ByteWriter& bytes) const;
  // Of no channels where the bytes are none that write() made, or of more channels than that; `bytes` says so.
  static ChannelHistogram read(ByteReader& bytes, std::size_t most_channels);

  std::size_t channels() const { return counts_.size() / (std::size_t{2} * kSteps); }
  std::uint32_t count(std::size_t channel, bool negative, int step) const { return counts_[index(channel, negative, step)]; }
  // The magnitude in the middle of a step.
  static double magnitude(int step);

 private:
  static std::size_t index(std::size_t channel, bool negative, int step) {
    return (channel * 2 + (negative ? 1 : 0)) * kSteps + static_cast<std::size_t>(step);
  }

  std::vector<std::uint32_t> counts_;
};

}  // namespace octet::quant
