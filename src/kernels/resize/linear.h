#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "kernels/view.h"

namespace octet::kernels {

// A place along one axis that is mixed of two: low * (1 - share_of_high) + high * share_of_high.
struct LinearTap {
  std::int32_t low = 0, high = 0;
  float share_of_high = 0;
};

// out(y, x) is mixed of the four pixels that rows[y] and columns[x] name: first along the rows, then of the two rows. As many of both
// as `out` has, each inside of `in`. The same bits on any number of threads.
void resize_linear(ImageView<const float> in, std::span<const LinearTap> rows, std::span<const LinearTap> columns, ImageView<float> out,
                   ThreadPool& pool);

}  // namespace octet::kernels
