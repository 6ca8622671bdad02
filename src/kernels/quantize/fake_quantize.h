#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "kernels/view.h"

namespace octet::kernels {

// Quantization to any number of levels, with the values that the levels stand for; one of each limit for each channel:
//   x <= min(in_low, in_high): out_low;  x > max(in_low, in_high): out_high;
//   else round_half_even((x - in_low) / (in_high - in_low) * (levels - 1)) / (levels - 1) * (out_high - out_low) + out_low
// in double, each operation rounded, and then to float: the same bits at every level and by the specification of FakeQuantize.
struct FakeQuantization {
  std::vector<double> in_low, in_high, out_low, out_high;
  double levels = 256;  // at most 2^32
};
void fake_quantize_f32(const FakeQuantization& how, ImageView<const float> in, ImageView<float> out, ThreadPool& pool);

}  // namespace octet::kernels
