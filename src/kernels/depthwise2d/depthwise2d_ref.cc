// The definition of a depthwise convolution, one output value at a time, taps column by column, and the checks of the kernels against it.

#include <cmath>
#include <type_traits>
#include <vector>

#include "kernels/check.h"
#include "kernels/depthwise2d/depthwise2d_kernels.h"
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

std::int32_t integer_sum(const Depthwise2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                         const ImageView<const std::uint8_t>& in, std::int64_t y, std::int64_t x, std::int64_t c) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  std::int32_t sum = 0;
  for_each_tap(shape, in, y, x,
               [&](const Tap& tap) { sum += (in.pixel(tap.y, tap.x)[c] - in_zero_point) * weights[c * taps + tap.index]; });
  return sum;
}

float float_sum(const Depthwise2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                const ImageView<const float>& in, std::int64_t y, std::int64_t x, std::int64_t c) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  float sum = bias.empty() ? 0.0f : bias[c];
  for_each_tap(shape, in, y, x, [&](const Tap& tap) { sum = std::fma(in.pixel(tap.y, tap.x)[c], weights[c * taps + tap.index], sum); });
  return sum;
}

Depthwise2dShape random_shape(Random& random, const RandomWindow& w) {
  return {random.between(1, 90), w.kernel, w.kernel, w.stride, w.stride, 1, 1, w.pad, w.pad};
}

template <typename Out>
double check_u8(Random& random, const Isa& isa, ThreadPool& pool) {
  const RandomWindow w(random);
  const Depthwise2dShape shape = random_shape(random, w);
  const auto weights = random_weights(random, shape.channels * w.kernel * w.kernel);
  const auto zero_point = random.integers<std::uint8_t>(shape.channels, 0, 255);
  const Requantization requantization = random_requantization(random, shape.channels, std::is_same_v<Out, std::uint8_t>);
  auto in = random_bytes(random, w.in, w.in, shape.channels);
  return difference_of(
      Picture<Out>(w.out, w.out, shape.channels),
      [&](auto out) { depthwise2d_u8_ref(shape, weights, zero_point, requantization, in.view(), out); },
      [&](auto out) { make_depthwise2d_u8(shape, weights, zero_point, requantization, isa)->run(in.view(), out, pool); });
}

}  // namespace

void depthwise2d_f32_ref(const Depthwise2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                         const Activation& activation, ImageView<const float> in, ImageView<float> out) {
  define(out, [&](auto y, auto x, auto c) { return activate(activation, float_sum(shape, weights, bias, in, y, x, c)); });
}

void depthwise2d_f32_ref(const Depthwise2dShape& shape, std::span<const float> weights, const Requantization& requantization,
                         ImageView<const float> in, ImageView<std::uint8_t> out) {
  const auto taps = static_cast<std::size_t>(shape.kernel_h * shape.kernel_w);
  std::vector<float> products(weights.begin(), weights.end());
  for (std::size_t i = 0; i < products.size(); ++i) products[i] *= requantization.multiplier[i / taps];
  define(out, [&](auto y, auto x, auto c) {
    const float real = activate(requantization.activation, float_sum(shape, products, requantization.offset, in, y, x, c));
    return ref::quantize(requantization.inv_scale.empty() ? real : real * requantization.inv_scale[c], requantization.zero_point[c]);
  });
}

void depthwise2d_u8_ref(const Depthwise2dShape& shape, std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out) {
  define(out, [&](auto y, auto x, auto c) {
    return ref::requantize_u8(requantization, c, integer_sum(shape, weights, in_zero_point[c], in, y, x, c));
  });
}

void depthwise2d_u8_ref(const Depthwise2dShape& shape, std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<float> out) {
  define(out, [&](auto y, auto x, auto c) {
    return ref::requantize_f32(requantization, c, integer_sum(shape, weights, in_zero_point[c], in, y, x, c));
  });
}

double Depthwise2dF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const RandomWindow w(random);
  const Depthwise2dShape shape = random_shape(random, w);
  const auto weights = random.reals(shape.channels * w.kernel * w.kernel, -1, 1), bias = random.reals(shape.channels, -1, 1);
  const Activation activation = random_activation(random);
  auto in = random_floats(random, w.in, w.in, shape.channels);
  return difference_of(
      Picture<float>(w.out, w.out, shape.channels),
      [&](auto out) { depthwise2d_f32_ref(shape, weights, bias, activation, in.view(), out); },
      [&](auto out) { make_depthwise2d_f32(shape, weights, bias, activation, isa)->run(in.view(), out, pool); });
}

double QuantizingDepthwise2dKernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const RandomWindow w(random);
  const Depthwise2dShape shape = random_shape(random, w);
  const auto weights = random.reals(shape.channels * w.kernel * w.kernel, -1, 1);
  Requantization requantization = random_requantization(random, shape.channels, true);
  requantization.multiplier = random.reals(shape.channels, 0.5f, 20);
  if (!make_quantizing_depthwise2d(shape, weights, requantization, isa)) requantization.activation = {Activation::Kind::kSwish};
  auto in = random_floats(random, w.in, w.in, shape.channels);
  return difference_of(
      Picture<std::uint8_t>(w.out, w.out, shape.channels),
      [&](auto out) { depthwise2d_f32_ref(shape, weights, requantization, in.view(), out); },
      [&](auto out) { make_quantizing_depthwise2d(shape, weights, requantization, isa)->run(in.view(), out, pool); });
}

double Depthwise2dU8Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  return random.coin() ? check_u8<std::uint8_t>(random, isa, pool) : check_u8<float>(random, isa, pool);
}

}  // namespace octet::kernels
