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

// Adds the pixels of an image, the same bits at every level: runs of 256 pixels are summed as floats in their order, the sums
// of the runs as doubles. On the caller's thread alone.
void add_pixels_f32(ImageView<const float> in, ChannelTotals& totals, Isa isa);

}  // namespace octet::kernels
