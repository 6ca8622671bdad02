// The definition, channel by channel, and the check of the kernels against it.
#include <algorithm>
#include <array>

#include "kernels/check.h"
#include "kernels/statistics/statistics.h"
#include "kernels/statistics/statistics_kernels.h"

namespace octet::kernels {

void add_pixels_f32_ref(ImageView<const float> in, ChannelTotals& totals) {
  for (std::int64_t c = 0; c < in.channels; ++c) {
    float run = 0;
    for (std::int64_t pixel = 0; pixel < in.pixels(); ++pixel) {
      const float x = in.data[pixel * in.pixel_stride + c];
      if (x < totals.min[c]) totals.min[c] = x;
      if (x > totals.max[c]) totals.max[c] = x;
      run += x;
      if ((pixel + 1) % kPixelsPerRun != 0 && pixel + 1 != in.pixels()) continue;
      totals.sum[c] += static_cast<double>(run);
      run = 0;
    }
  }
}

double AddPixelsKernels::check(Random& random, const Isa& isa, ThreadPool&) {
  auto in = random_floats(random, random.between(1, 24), random.between(1, 24), random.between(1, 100));
  ChannelTotals expected(static_cast<std::size_t>(in.channels)), found = expected;
  add_pixels_f32_ref(in.view(), expected);
  add_pixels_f32(in.view(), found, isa);
  return std::max({difference<float>(expected.min, found.min), difference<float>(expected.max, found.max),
                   difference<double>(expected.sum, found.sum)});
}

}  // namespace octet::kernels
