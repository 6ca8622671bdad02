#include "kernels/pool/pool.h"

#include <algorithm>

#include "kernels/pixel_runs.h"
#include "kernels/pool/pool_ref.h"

namespace octet::kernels {
namespace {

std::int64_t row_grain(const PoolShape& shape, std::int64_t row_elements) {
  return task_grain(row_elements * std::max<std::int64_t>(1, shape.kernel_h * shape.kernel_w / 8));
}

template <typename T>
void max_pool(const PoolShape& shape, ImageView<const T> in, ImageView<T> out, ThreadPool& pool) {
  pool.run(out.height, row_grain(shape, out.width * out.channels), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) ref::max_pool_row(shape, in, out, y);
  });
}

}  // namespace

void max_pool_f32(const PoolShape& shape, ImageView<const float> in, ImageView<float> out, Isa, ThreadPool& pool) {
  max_pool(shape, in, out, pool);
}

void max_pool_u8(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, Isa, ThreadPool& pool) {
  max_pool(shape, in, out, pool);
}

void avg_pool_f32(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out, Isa, ThreadPool& pool) {
  pool.run(out.height, row_grain(shape, out.width * out.channels), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) ref::avg_pool_row(shape, in, out, y);
  });
}

}  // namespace octet::kernels
