#include "kernels/statistics/statistics_kernels.h"

namespace octet::kernels::portable {

void add_run_f32(ImageView<const float> in, RunTotals totals) {
  for (std::int64_t i = 0; i < in.width; ++i)
    for (std::int64_t c = 0; c < in.channels; ++c) {
      const float x = in.pixel(0, i)[c];
      totals.min[c] = x < totals.min[c] ? x : totals.min[c];
      totals.max[c] = x > totals.max[c] ? x : totals.max[c];
      totals.sum[c] += x;
    }
}

}  // namespace octet::kernels::portable
