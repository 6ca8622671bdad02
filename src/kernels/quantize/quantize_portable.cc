#include "kernels/quantize/quantize_kernels.h"

#include <cmath>

#include "kernels/quantize/quantize_value.h"

namespace octet::kernels::portable {
namespace {

float scaled(const PlanarPixels& in, const ScaleShift& how, std::int64_t x, std::int64_t c) {
  const float value = in.data[c * in.plane_stride + x];
  return how.scale.empty() ? value : std::fma(value, how.scale[c], how.offset[c]);
}

}  // namespace

void quantize_all(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = quantize_value(in[i] / how.scale, how.zero_point);
}

void quantize_each(std::span<const float> in, std::span<const float> scale, std::span<const std::int16_t> zero_point,
                   std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = quantize_value(in[i] / scale[i], zero_point[i]);
}

void dequantize_all(float scale, std::uint8_t zero_point, std::span<const std::uint8_t> in, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(in[i] - zero_point) * scale;
}

void dequantize_each(std::span<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                     std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(in[i] - zero_point[i]) * scale[i];
}

void interleave(const PlanarPixels& in, const ScaleShift& how, float* out, std::int64_t pixel_stride) {
  for (std::int64_t x = 0; x < in.pixels; ++x)
    for (std::int64_t c = 0; c < in.channels; ++c) out[x * pixel_stride + c] = scaled(in, how, x, c);
}

void interleave_quantized(const PlanarPixels& in, const ScaleShift& how, std::span<const std::uint8_t> zero_point, std::uint8_t* out,
                          std::int64_t pixel_stride) {
  for (std::int64_t x = 0; x < in.pixels; ++x)
    for (std::int64_t c = 0; c < in.channels; ++c) out[x * pixel_stride + c] = quantize_value(scaled(in, how, x, c), zero_point[c]);
}

void separate(const float* in, std::int64_t pixel_stride, std::int64_t pixels, std::int64_t channels, float* out,
              std::int64_t plane_stride) {
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t x = 0; x < pixels; ++x) out[c * plane_stride + x] = in[x * pixel_stride + c];
}

}  // namespace octet::kernels::portable
