#pragma once

#include <cstdint>

#include "kernels/view.h"

namespace octet::kernels {

// Where the totals of channels lie; from some channel on.
struct TotalsAt {
  float *min, *max;
  double* sum;

  TotalsAt from(std::int64_t channel) const { return {min + channel, max + channel, sum + channel}; }
};

// Adds one run of pixels, `in.width` of them in one row.
namespace ref {
void add_run_f32(ImageView<const float> in, TotalsAt totals);
}
namespace avx2 {  // waits for memory, not for the width of vectors
void add_run_f32(ImageView<const float> in, TotalsAt totals);
}

}  // namespace octet::kernels
