#pragma once

#include <cstdint>

#include "kernels/view.h"

namespace octet::kernels {

// Where the totals of a run of pixels lie, one a channel.
struct RunTotals {
  float *min, *max, *sum;

  RunTotals from(std::int64_t channel) const { return {min + channel, max + channel, sum + channel}; }
};

// Adds the pixels of a run, `in.width` of them in one row.
namespace ref {
void add_run_f32(ImageView<const float> in, RunTotals totals);
}
namespace avx2 {  // waits for memory, not for the width of vectors
void add_run_f32(ImageView<const float> in, RunTotals totals);
}

}  // namespace octet::kernels
