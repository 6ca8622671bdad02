#include "kernels/resize/resize.h"

#include <cstring>

#include "kernels/pixel_runs.h"
#include "kernels/resize/resize_kernels.h"

namespace octet::kernels {
namespace {

// A pixel of up to 16 bytes more than a multiple of 16 costs less in whole pieces than in a call of memcpy; the last
// piece overlaps the one before.
void copy_pixel(void* to, const void* from, std::size_t bytes) {
  constexpr std::size_t kPiece = 16;
  if (bytes < kPiece || bytes > 16 * kPiece) {
    std::memcpy(to, from, bytes);
    return;
  }
  for (std::size_t at = 0; at + kPiece < bytes; at += kPiece)
    std::memcpy(static_cast<std::byte*>(to) + at, static_cast<const std::byte*>(from) + at, kPiece);
  std::memcpy(static_cast<std::byte*>(to) + bytes - kPiece, static_cast<const std::byte*>(from) + bytes - kPiece, kPiece);
}

template <typename T>
void gather_row(const ImageView<const T>& in, std::int64_t in_row, std::span<const std::int32_t> columns, const ImageView<T>& out,
                std::int64_t y) {
  const std::size_t bytes = static_cast<std::size_t>(out.channels) * sizeof(T);
  for (std::int64_t x = 0; x < out.width; ++x) copy_pixel(out.pixel(y, x), in.pixel(in_row, columns[x]), bytes);
}

template <typename T>
void gather_pixels(ImageView<const T> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns, ImageView<T> out,
                   ThreadPool& pool) {
  const std::int64_t row_elements = out.width * out.channels;
  const std::size_t row_bytes = static_cast<std::size_t>(row_elements) * sizeof(T);
  pool.run(out.height, task_grain(row_elements), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      if (y > begin && rows[y] == rows[y - 1] && is_dense(out))
        std::memcpy(out.pixel(y, 0), out.pixel(y - 1, 0), row_bytes);
      else
        gather_row(in, rows[y], columns, out, y);
    }
  });
}

}  // namespace

std::span<const Kernel<GatherPixelsKernels::Run>> GatherPixelsKernels::kernels() {
  static constexpr Kernel<Run> kKernels[] = {
      {"portable", {}, {gather_pixels_f32, gather_pixels_u8}},
  };
  return kKernels;
}

void gather_pixels_f32(ImageView<const float> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                       ImageView<float> out, ThreadPool& pool) {
  gather_pixels(in, rows, columns, out, pool);
}

void gather_pixels_u8(ImageView<const std::uint8_t> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                      ImageView<std::uint8_t> out, ThreadPool& pool) {
  gather_pixels(in, rows, columns, out, pool);
}

}  // namespace octet::kernels
