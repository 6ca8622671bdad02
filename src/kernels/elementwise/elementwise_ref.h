#pragma once

#include <cstdint>
#include <span>

#include "kernels/elementwise/elementwise.h"
#include "kernels/quantize/u8_limits.h"

// Runs of elements that lie together; all spans of one call have one length. No activation: see elementwise.cc.
namespace octet::kernels::ref {

void add_f32(std::span<const float> a, std::span<const float> b, std::span<float> out);
void multiply_f32(std::span<const float> a, std::span<const float> b, std::span<float> out);
void scale_shift_f32(std::span<const float> in, std::span<const float> scale, std::span<const float> offset, std::span<float> out);
// The sum before activation and quantization.
void add_u8_f32(const AddU8& add, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out);
// The sum quantized where the activation is no more than `limits`.
void add_u8(const AddU8& add, const U8Limits& limits, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
            std::span<std::uint8_t> out);
void lookup_u8(std::span<const std::uint8_t> in, std::span<const std::uint8_t, 256> table, std::span<std::uint8_t> out);

}  // namespace octet::kernels::ref
