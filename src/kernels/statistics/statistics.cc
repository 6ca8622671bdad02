#include "kernels/statistics/statistics.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "kernels/statistics/statistics_kernels.h"

namespace octet::kernels {

ChannelTotals::ChannelTotals(std::size_t channels)
    : min(channels, std::numeric_limits<float>::infinity()), max(channels, -std::numeric_limits<float>::infinity()), sum(channels) {}

void add_pixels_f32(ImageView<const float> in, ChannelTotals& totals, const Isa& isa) {
  OCTET_CHECK(totals.sum.size() == static_cast<std::size_t>(in.channels), "the image has another number of channels");
  const auto add_run = best_kernel<AddPixelsKernels>(isa).run;
  std::vector<float> sum(totals.sum.size());
  for (std::int64_t first = 0; first < in.pixels(); first += kPixelsPerRun) {
    std::ranges::fill(sum, 0.0f);
    add_run({in.data + first * in.pixel_stride, 1, std::min(kPixelsPerRun, in.pixels() - first), in.channels, in.pixel_stride},
            {totals.min.data(), totals.max.data(), sum.data()});
    for (std::size_t c = 0; c < sum.size(); ++c) totals.sum[c] += static_cast<double>(sum[c]);
  }
}

}  // namespace octet::kernels
