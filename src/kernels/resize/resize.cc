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

}  // namespace

void gather_pixel_bytes(ImageView<const std::uint8_t> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                        ImageView<std::uint8_t> out, ThreadPool& pool) {
  const std::int64_t row_bytes = out.width * out.channels;
  const auto pixel_bytes = static_cast<std::size_t>(out.channels);
  pool.run(out.height, task_grain(row_bytes), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      if (y > begin && rows[y] == rows[y - 1] && is_dense(out))
        std::memcpy(out.pixel(y, 0), out.pixel(y - 1, 0), static_cast<std::size_t>(row_bytes));
      else
        for (std::int64_t x = 0; x < out.width; ++x) copy_pixel(out.pixel(y, x), in.pixel(rows[y], columns[x]), pixel_bytes);
    }
  });
}

}  // namespace octet::kernels
