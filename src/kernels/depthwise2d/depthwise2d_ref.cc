// The definition of a depthwise convolution: one output value at a time, taps column by column.
#include "kernels/depthwise2d/depthwise2d_ref.h"

#include <cmath>

#include "kernels/requantize_ref.h"

namespace octet::kernels {
namespace {

struct Tap {
  std::int64_t y, x, index;  // place in the input; place in a filter [kh, kw]
};

// Calls work(tap) for the taps of output (y, x) that lie inside the image: columns outside, rows inside the loop,
// which is the order of the sums of every level.
template <typename T, typename Work>
void for_each_tap(const Depthwise2dShape& shape, const ImageView<T>& in, std::int64_t y, std::int64_t x, const Work& work) {
  for (std::int64_t kx = 0; kx < shape.kernel_w; ++kx)
    for (std::int64_t ky = 0; ky < shape.kernel_h; ++ky) {
      const std::int64_t in_y = y * shape.stride_h - shape.pad_top + ky * shape.dilation_h;
      const std::int64_t in_x = x * shape.stride_w - shape.pad_left + kx * shape.dilation_w;
      if (in_y >= 0 && in_y < in.height && in_x >= 0 && in_x < in.width) work(Tap{in_y, in_x, ky * shape.kernel_w + kx});
    }
}

// Calls store(x, c, sum) for each output value of a row.
template <typename Store>
void sum_row_u8(const Depthwise2dShape& shape, std::span<const std::int8_t> weights, std::span<const std::uint8_t> in_zero_point,
                ImageView<const std::uint8_t> in, std::int64_t y, std::int64_t out_width, const Store& store) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  for (std::int64_t x = 0; x < out_width; ++x)
    for (std::int64_t c = 0; c < shape.channels; ++c) {
      std::int32_t sum = 0;
      for_each_tap(shape, in, y, x,
                   [&](const Tap& tap) { sum += (in.pixel(tap.y, tap.x)[c] - in_zero_point[c]) * weights[c * taps + tap.index]; });
      store(x, c, sum);
    }
}

}  // namespace

namespace ref {

void depthwise2d_row_f32(const Depthwise2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                         const Activation& activation, ImageView<const float> in, ImageView<float> out, std::int64_t y) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  for (std::int64_t x = 0; x < out.width; ++x)
    for (std::int64_t c = 0; c < shape.channels; ++c) {
      float sum = bias.empty() ? 0.0f : bias[c];
      for_each_tap(shape, in, y, x, [&](const Tap& tap) { sum = std::fma(in.pixel(tap.y, tap.x)[c], weights[c * taps + tap.index], sum); });
      out.pixel(y, x)[c] = activate(activation, sum);
    }
}

void depthwise2d_row_u8(const Depthwise2dShape& shape, std::span<const std::int8_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out,
                        std::int64_t y) {
  sum_row_u8(shape, weights, in_zero_point, in, y, out.width,
             [&](std::int64_t x, std::int64_t c, std::int32_t sum) { out.pixel(y, x)[c] = requantize_u8(requantization, c, sum); });
}

void depthwise2d_row_u8(const Depthwise2dShape& shape, std::span<const std::int8_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<float> out, std::int64_t y) {
  sum_row_u8(shape, weights, in_zero_point, in, y, out.width,
             [&](std::int64_t x, std::int64_t c, std::int32_t sum) { out.pixel(y, x)[c] = requantize_f32(requantization, c, sum); });
}

}  // namespace ref

void depthwise2d_f32_ref(const Depthwise2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                         const Activation& activation, ImageView<const float> in, ImageView<float> out) {
  for (std::int64_t y = 0; y < out.height; ++y) ref::depthwise2d_row_f32(shape, weights, bias, activation, in, out, y);
}

void depthwise2d_u8_ref(const Depthwise2dShape& shape, std::span<const std::int8_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out) {
  for (std::int64_t y = 0; y < out.height; ++y) ref::depthwise2d_row_u8(shape, weights, in_zero_point, requantization, in, out, y);
}

void depthwise2d_u8_ref(const Depthwise2dShape& shape, std::span<const std::int8_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<float> out) {
  for (std::int64_t y = 0; y < out.height; ++y) ref::depthwise2d_row_u8(shape, weights, in_zero_point, requantization, in, out, y);
}

}  // namespace octet::kernels
