#pragma once

#include <cstddef>
#include <vector>

#include "base/cpu.h"
#include "kernels/view.h"

namespace octet::kernels {

// Minimum, maximum and sum of each channel over the pixels seen so far. NaN is never a minimum or maximum.
struct ChannelTotals {
  std::vector<float> min, max;
  std::vector<double> sum;

  explicit ChannelTotals(std::size_t channels);  // of no pixel
};

// Pixels whose sum is taken in float.
inline constexpr std::int64_t kPixelsPerRun = 256;

// Adds the pixels of an image, the same bits at every level: runs of kPixelsPerRun pixels are summed as floats in their order, the sums
// of the runs as doubles. On the caller's thread alone.
void add_pixels_f32(ImageView<const float> in, ChannelTotals& totals, const Isa& isa);

// The plain definition, for tests and selftest.
void add_pixels_f32_ref(ImageView<const float> in, ChannelTotals& totals);

}  // namespace octet::kernels
