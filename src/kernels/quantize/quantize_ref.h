#pragma once

#include <cstdint>
#include <span>

#include "base/cpu.h"

namespace octet::kernels {

// One factor and zero point for all values.
struct QuantizeAll {
  float inv_scale = 1;
  std::uint8_t zero_point = 0;
};

// A run of values that lie together, by the best kernel for `isa`.
void quantize_run(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out, Isa isa);

// Rows of a planar image: `planes` holds one pointer a channel.
struct PlanarRow {
  const float* data = nullptr;     // value of channel 0 of the first pixel
  std::int64_t plane_stride = 0;   // elements from one channel to the next
  std::int64_t channels = 0;
};

namespace ref {

void quantize_all(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out);
void quantize_each(std::span<const float> in, std::span<const float> inv_scale, std::span<const std::uint8_t> zero_point,
                   std::span<std::uint8_t> out);
void dequantize_all(float scale, std::uint8_t zero_point, std::span<const std::uint8_t> in, std::span<float> out);
void dequantize_each(std::span<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                     std::span<float> out);

// `pixels` pixels that follow each other in their plane become pixels `pixel_stride` apart. Spans may be empty.
void interleave(const PlanarRow& in, std::int64_t pixels, std::span<const float> scale, std::span<const float> offset, float* out,
                std::int64_t pixel_stride);
void interleave_quantized(const PlanarRow& in, std::int64_t pixels, std::span<const float> scale, std::span<const float> offset,
                          std::span<const std::uint8_t> zero_point, std::uint8_t* out, std::int64_t pixel_stride);
void separate(const float* in, std::int64_t pixel_stride, std::int64_t pixels, std::int64_t channels, float* out, std::int64_t plane_stride);

}  // namespace ref
}  // namespace octet::kernels
