#pragma once

#include <cstdint>
#include <span>

#include "kernels/depthwise2d/depthwise2d.h"

namespace octet::kernels::ref {

// Row y of the output, by the definition.
void depthwise2d_row_f32(const Depthwise2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                         const Activation& activation, ImageView<const float> in, ImageView<float> out, std::int64_t y);
void depthwise2d_row_u8(const Depthwise2dShape& shape, std::span<const std::int8_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out,
                        std::int64_t y);
void depthwise2d_row_u8(const Depthwise2dShape& shape, std::span<const std::int8_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<float> out, std::int64_t y);

}  // namespace octet::kernels::ref
