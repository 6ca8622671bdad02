#include "kernels/elementwise/elementwise_kernels.h"

#include <algorithm>
#include <cmath>

namespace octet::kernels::portable {

void add_f32(std::span<const float> a, std::span<const float> b, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = a[i] + b[i];
}

void multiply_f32(std::span<const float> a, std::span<const float> b, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = a[i] * b[i];
}

void scale_shift_f32(std::span<const float> in, std::span<const float> scale, std::span<const float> offset, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::fma(in[i], scale[i], offset[i]);
}

void add_u8_f32(const AddU8& add, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = std::fma(static_cast<float>(a[i]), add.a_multiplier, std::fma(static_cast<float>(b[i]), add.b_multiplier, add.offset));
}

void add_u8_run(const AddU8& add, const Limits& limits, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const float t = std::fma(static_cast<float>(a[i]), add.a_multiplier, std::fma(static_cast<float>(b[i]), add.b_multiplier, add.offset));
    const float limited = std::min(std::max(limits.lowest, t), limits.highest);
    out[i] = static_cast<std::uint8_t>(add.zero_point + static_cast<int>(std::nearbyint(limited)));
  }
}

void add_u8(const AddU8& add, const Limits& limits, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b,
            ImageView<std::uint8_t> out) {
  const auto channels = static_cast<std::size_t>(out.channels);
  for (std::int64_t pixel = 0; pixel < out.pixels(); ++pixel)
    add_u8_run(add, limits, {a.data + pixel * a.pixel_stride, channels}, {b.data + pixel * b.pixel_stride, channels},
               {out.data + pixel * out.pixel_stride, channels});
}

}  // namespace octet::kernels::portable
