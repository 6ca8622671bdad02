#include "kernels/pool/pool.h"

#include <algorithm>

#include "kernels/pixel_runs.h"
#include "kernels/pool/pool_kernels.h"

namespace octet::kernels {
namespace {

template <typename Row, typename Shape, typename T>
void run_rows(Row row, const Shape& shape, const ImageView<const T>& in, const ImageView<T>& out, ThreadPool& pool) {
  const std::int64_t work = std::max<std::int64_t>(1, (shape.kernel_h + shape.kernel_w) / 8);
  pool.run(out.height, task_grain(out.width * out.channels * work), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) row(shape, in, out, y);
  });
}

// How many of `kernel` places from `start` on lie before `end`.
int places_before(std::int64_t start, std::int64_t kernel, std::int64_t dilation, std::int64_t end) {
  int places = 0;
  for (std::int64_t k = 0; k < kernel; ++k) places += start + k * dilation < end;
  return places;
}

}  // namespace

Taps taps_inside(std::int64_t out, std::int64_t stride, std::int64_t pad, std::int64_t kernel, std::int64_t dilation, std::int64_t size) {
  const std::int64_t start = out * stride - pad;
  std::int64_t first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
  const std::int64_t last = start >= size ? 0 : std::min(kernel, (size - 1 - start) / dilation + 1);
  first = std::min(first, last);
  return {start, first, last};
}

int counted_places(const AvgPoolShape& shape, std::int64_t in_height, std::int64_t in_width, std::int64_t y, std::int64_t x) {
  const Taps rows = taps_inside(y, shape.stride_h, shape.pad_top, shape.kernel_h, shape.dilation_h, in_height);
  const Taps columns = taps_inside(x, shape.stride_w, shape.pad_left, shape.kernel_w, shape.dilation_w, in_width);
  if (shape.exclude_pad) return static_cast<int>((rows.last - rows.first) * (columns.last - columns.first));
  return places_before(rows.start, shape.kernel_h, shape.dilation_h, in_height + shape.pad_bottom) *
         places_before(columns.start, shape.kernel_w, shape.dilation_w, in_width + shape.pad_right);
}

void max_pool(const PoolShape& shape, ImageView<const float> in, ImageView<float> out, const Isa& isa, ThreadPool& pool) {
  run_rows(best_kernel<MaxPoolF32Kernels>(isa).run, shape, in, out, pool);
}

void max_pool(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, const Isa& isa, ThreadPool& pool) {
  run_rows(best_kernel<MaxPoolU8Kernels>(isa).run, shape, in, out, pool);
}

void avg_pool_f32(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out, const Isa& isa, ThreadPool& pool) {
  run_rows(best_kernel<AvgPoolF32Kernels>(isa).run, shape, in, out, pool);
}

}  // namespace octet::kernels
