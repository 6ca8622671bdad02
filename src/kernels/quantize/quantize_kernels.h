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

// Pixels that follow each other in the planes of their channels.
struct PlanarPixels {
  const float* data = nullptr;  // channel 0 of the first pixel
  std::int64_t plane_stride = 0, pixels = 0, channels = 0;
};

// What is done to a channel of the pixels; spans may be empty, or hold one value a channel.
struct ScaleShift {
  std::span<const float> scale, offset;
};

// Runs of elements that lie together, and pixels that become or were planes. "each": one value an element.
#define OCTET_QUANTIZE                                                                                                           \
  void quantize_all(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out);                             \
  void quantize_each(std::span<const float> in, std::span<const float> inv_scale, std::span<const std::uint8_t> zero_point,      \
                     std::span<std::uint8_t> out);                                                                               \
  void dequantize_all(float scale, std::uint8_t zero_point, std::span<const std::uint8_t> in, std::span<float> out);             \
  void dequantize_each(std::span<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point, \
                       std::span<float> out);
#define OCTET_TRANSPOSE                                                                                                                 \
  void interleave(const PlanarPixels& in, const ScaleShift& how, float* out, std::int64_t pixel_stride);                                \
  void interleave_quantized(const PlanarPixels& in, const ScaleShift& how, std::span<const std::uint8_t> zero_point, std::uint8_t* out, \
                            std::int64_t pixel_stride);                                                                                 \
  void separate(const float* in, std::int64_t pixel_stride, std::int64_t pixels, std::int64_t channels, float* out,                     \
                std::int64_t plane_stride);

namespace ref {
OCTET_QUANTIZE
OCTET_TRANSPOSE
}  // namespace ref
namespace avx2 {
OCTET_QUANTIZE
OCTET_TRANSPOSE
}  // namespace avx2
namespace avx512 {
OCTET_QUANTIZE
}  // namespace avx512

#undef OCTET_QUANTIZE
#undef OCTET_TRANSPOSE

}  // namespace octet::kernels
