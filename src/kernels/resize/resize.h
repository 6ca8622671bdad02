#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "kernels/view.h"

namespace octet::kernels {

// out(y, x) = in(rows[y], columns[x]): nearest resize with whatever rule made the indices. As many rows and columns as `out` has, each
// inside of `in`.
void gather_pixel_bytes(ImageView<const std::uint8_t> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                        ImageView<std::uint8_t> out, ThreadPool& pool);
template <typename T>
void gather_pixels(ImageView<const T> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns, ImageView<T> out,
                   ThreadPool& pool) {
  gather_pixel_bytes(bytes_of(in), rows, columns, bytes_of(out), pool);
}

// The plain definition, for tests and selftest.
void gather_pixel_bytes_ref(ImageView<const std::uint8_t> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                            ImageView<std::uint8_t> out);

}  // namespace octet::kernels
