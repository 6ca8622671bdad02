#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "kernels/view.h"

namespace octet::kernels {

// out(y, x) = in(rows[y], columns[x]): nearest resize with whatever rule made the indices. As many rows and columns as `out` has, each
// inside of `in`.
void gather_pixels_f32(ImageView<const float> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                       ImageView<float> out, ThreadPool& pool);
void gather_pixels_u8(ImageView<const std::uint8_t> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                      ImageView<std::uint8_t> out, ThreadPool& pool);

// The plain definitions, for tests and selftest.
void gather_pixels_f32_ref(ImageView<const float> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                           ImageView<float> out);
void gather_pixels_u8_ref(ImageView<const std::uint8_t> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                          ImageView<std::uint8_t> out);

}  // namespace octet::kernels
