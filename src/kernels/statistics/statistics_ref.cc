#include "kernels/statistics/statistics_kernels.h"

namespace octet::kernels::ref {

void add_run_f32(ImageView<const float> in, TotalsAt totals) {
  for (std::int64_t c = 0; c < in.channels; ++c) {
    float sum = 0;
    for (std::int64_t i = 0; i < in.width; ++i) {
      const float x = in.data[i * in.pixel_stride + c];
      totals.min[c] = x < totals.min[c] ? x : totals.min[c];
      totals.max[c] = x > totals.max[c] ? x : totals.max[c];
      sum += x;
    }
    totals.sum[c] += static_cast<double>(sum);
  }
}

}  // namespace octet::kernels::ref
