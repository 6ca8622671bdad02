#include "kernels/resize/resize.h"

#include <cstring>

#include "kernels/pixel_runs.h"

namespace octet::kernels {
namespace {

template <typename T>
void gather_pixels(ImageView<const T> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns, ImageView<T> out,
                   ThreadPool& pool) {
  const std::size_t bytes = static_cast<std::size_t>(out.channels) * sizeof(T);
  pool.run(out.height, task_grain(out.width * out.channels), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y)
      for (std::int64_t x = 0; x < out.width; ++x) std::memcpy(out.pixel(y, x), in.pixel(rows[y], columns[x]), bytes);
  });
}

}  // namespace

void gather_pixels_f32(ImageView<const float> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                       ImageView<float> out, ThreadPool& pool) {
  gather_pixels(in, rows, columns, out, pool);
}

void gather_pixels_u8(ImageView<const std::uint8_t> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                      ImageView<std::uint8_t> out, ThreadPool& pool) {
  gather_pixels(in, rows, columns, out, pool);
}

}  // namespace octet::kernels
