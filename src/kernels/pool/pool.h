#pragma once

#include <cstdint>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "kernels/view.h"

namespace octet::kernels {

// A window that slides over an image; places outside the image never win a maximum, and NaN does not either. `in` and `out` have the same
// channels and must not overlap; the size of `out` is the caller's. The same bits by every kernel and on any number of threads.
struct PoolShape {
  std::int64_t kernel_h = 1, kernel_w = 1;
  std::int64_t stride_h = 1, stride_w = 1;
  std::int64_t dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0;
};

void max_pool(const PoolShape& shape, ImageView<const float> in, ImageView<float> out, const Isa& isa, ThreadPool& pool);
void max_pool(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, const Isa& isa, ThreadPool& pool);

// Mean over the window; `exclude_pad` divides by the places inside the image, else by the size of the window (places beyond
// the padded image, which ceil rounding can reach, are not counted: pads say how far it goes).
struct AvgPoolShape : PoolShape {
  std::int64_t pad_bottom = 0, pad_right = 0;
  bool exclude_pad = true;
};
void avg_pool_f32(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out, const Isa& isa, ThreadPool& pool);

// The plain definitions, for tests and selftest.
void max_pool_f32_ref(const PoolShape& shape, ImageView<const float> in, ImageView<float> out);
void max_pool_u8_ref(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out);
void avg_pool_f32_ref(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out);

}  // namespace octet::kernels
