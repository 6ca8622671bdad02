// The definitions, tap by tap, and the checks of the kernels against them.
#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "kernels/bf16.h"
#include "kernels/check.h"
#include "kernels/conv2d/conv2d_kernels.h"
#include "kernels/requantize_ref.h"

namespace octet::kernels {
namespace {

// Calls visit(input pixel or null for padding, index of the tap) for each tap of output pixel (y, x).
template <typename T, typename Visit>
void for_each_tap(const Conv2dShape& shape, const ImageView<const T>& in, std::int64_t y, std::int64_t x, Visit visit) {
  for (std::int64_t ky = 0; ky < shape.kernel_h; ++ky)
    for (std::int64_t kx = 0; kx < shape.kernel_w; ++kx) {
      const std::int64_t in_y = y * shape.stride_h - shape.pad_top + ky * shape.dilation_h;
      const std::int64_t in_x = x * shape.stride_w - shape.pad_left + kx * shape.dilation_w;
      const bool inside = in_y >= 0 && in_y < in.height && in_x >= 0 && in_x < in.width;
      visit(inside ? in.pixel(in_y, in_x) : nullptr, ky * shape.kernel_w + kx);
    }
}

std::int32_t integer_sum(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t zero_point,
                         const ImageView<const std::uint8_t>& in, std::int64_t y, std::int64_t x, std::int64_t o) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  std::int32_t sum = 0;
  for_each_tap(shape, in, y, x, [&](const std::uint8_t* pixel, std::int64_t tap) {
    for (std::int64_t i = 0; pixel != nullptr && i < shape.in_channels; ++i)
      sum += (pixel[i] - zero_point) * weights[static_cast<std::size_t>((o * shape.in_channels + i) * taps + tap)];
  });
  return sum;
}

Conv2dShape random_shape(Random& random, const RandomWindow& w) {
  return {random.between(1, 70), random.between(1, 70), w.kernel, w.kernel, w.stride, w.stride, 1, 1, w.pad, w.pad};
}

Conv2dShape random_winograd_shape(Random& random) {
  const std::int64_t pad = random.between(0, 2);
  return {random.between(1, 70), random.between(1, 70), 3, 3, 1, 1, 1, 1, pad, pad};
}

template <typename Out>
double check_u8(Random& random, const Isa& isa, ThreadPool& pool) {
  const RandomWindow w(random);
  const Conv2dShape shape = random_shape(random, w);
  const auto weights = random_weights(random, shape.out_channels * shape.in_channels * w.kernel * w.kernel);
  const std::uint8_t zero_point = random.byte();
  const Requantization requantization = random_requantization(random, shape.out_channels, std::is_same_v<Out, std::uint8_t>);
  const std::int64_t more = random.coin() ? 0 : random.between(1, 40) * w.stride;  // rows of several tiles
  auto in = random_bytes(random, w.in, w.in + more, shape.in_channels);
  return difference_of(
      Picture<Out>(w.out, w.out + more / w.stride, shape.out_channels),
      [&](auto out) { conv2d_u8_ref(shape, weights, zero_point, requantization, in.view(), out); },
      [&](auto out) { make_direct_u8(shape, weights, zero_point, requantization, isa)->run(in.view(), out, pool); });
}

template <typename Out>
double check_winograd(Random& random, const Isa& isa, ThreadPool& pool) {
  const std::int64_t height = random.between(1, 17), width = random.between(1, 17);
  const Conv2dShape shape = random_winograd_shape(random);
  const auto weights = random_weights(random, shape.out_channels * shape.in_channels * 9);
  const std::uint8_t zero_point = random.byte();
  const Requantization requantization = random_requantization(random, shape.out_channels, std::is_same_v<Out, std::uint8_t>);
  auto in = random_bytes(random, height, width, shape.in_channels);
  return difference_of(
      Picture<Out>(height, width, shape.out_channels),
      [&](auto out) { conv2d_u8_ref(shape, weights, zero_point, requantization, in.view(), out); },
      [&](auto out) { make_winograd_u8(shape, weights, zero_point, requantization, isa)->run(in.view(), out, pool); });
}

template <typename Reference, typename Make>
double check_floats(Random& random, const Isa& isa, ThreadPool& pool, std::int64_t group, const Reference& reference, const Make& make) {
  const RandomWindow w(random);
  Conv2dShape shape = random_shape(random, w);
  shape.in_channels *= group;
  const std::int64_t depth = shape.in_channels * w.kernel * w.kernel;
  const float most = 1 / std::sqrt(static_cast<float>(depth));  // keeps the sums where activations make a difference of them
  const auto weights = random.reals(shape.out_channels * depth, -most, most), bias = random.reals(shape.out_channels, -1, 1);
  const Activation activation = random_activation(random);
  auto in = random_floats(random, w.in, w.in, shape.in_channels);
  return difference_of(
      Picture<float>(w.out, w.out, shape.out_channels), [&](auto out) { reference(shape, weights, bias, activation, in.view(), out); },
      [&](auto out) { make(shape, weights, bias, activation, isa)->run(in.view(), out, pool); });
}

// Of factors as `rounded` gives them.
template <typename Rounded>
void sum_of_products(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                     ImageView<const float> in, ImageView<float> out, const Rounded& rounded) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  define(out, [&](auto y, auto x, auto o) {
    double sum = bias.empty() ? 0.0 : bias[static_cast<std::size_t>(o)];
    for_each_tap(shape, in, y, x, [&](const float* pixel, std::int64_t tap) {
      for (std::int64_t i = 0; pixel != nullptr && i < shape.in_channels; ++i) {
        const float weight = weights[static_cast<std::size_t>((o * shape.in_channels + i) * taps + tap)];
        sum += static_cast<double>(rounded(pixel[i])) * rounded(weight);
      }
    });
    return activate(activation, static_cast<float>(sum));
  });
}

}  // namespace

void conv2d_f32_ref(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                    ImageView<const float> in, ImageView<float> out) {
  sum_of_products(shape, weights, bias, activation, in, out, [](float x) { return x; });
}

void conv2d_bf16_ref(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                     ImageView<const float> in, ImageView<float> out) {
  sum_of_products(shape, weights, bias, activation, in, out, [](float x) { return static_cast<float>(Bf16(x)); });
}

void conv2d_u8_ref(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                   const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out) {
  define(out, [&](auto y, auto x, auto o) {
    return ref::requantize_u8(requantization, static_cast<std::size_t>(o), integer_sum(shape, weights, in_zero_point, in, y, x, o));
  });
}

void conv2d_u8_ref(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                   const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<float> out) {
  define(out, [&](auto y, auto x, auto o) {
    return ref::requantize_f32(requantization, static_cast<std::size_t>(o), integer_sum(shape, weights, in_zero_point, in, y, x, o));
  });
}

void conv2d_u8_ref(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                   const Requantization& requantization, ImageView<const std::uint8_t> in, const FloatResults& results) {
  const auto result = [&](auto y, auto x, auto o) {
    const std::int32_t sum = integer_sum(shape, weights, in_zero_point, in, y, x, o);
    const float real = ref::requantize_f32(requantization, static_cast<std::size_t>(o), sum);
    return results.addend ? real + results.addend->pixel(y, x)[o] : real;
  };
  if (results.bytes)
    define(*results.bytes, [&](auto y, auto x, auto o) { return ref::quantize(result(y, x, o) * results.inv_scale, results.zero_point); });
  if (results.sums) define(*results.sums, result);
}

double WinogradU8Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  return random.coin() ? check_winograd<std::uint8_t>(random, isa, pool) : check_winograd<float>(random, isa, pool);
}

double Conv2dF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  return check_floats(random, isa, pool, 1, conv2d_f32_ref, make_direct_f32);
}

double Conv2dBf16Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  return check_floats(random, isa, pool, GemmBf16Function::kGroup, conv2d_bf16_ref, make_direct_bf16);
}

double WinogradF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const Conv2dShape shape = random_winograd_shape(random);
  const float most = 1 / std::sqrt(static_cast<float>(shape.in_channels * 9));
  const auto weights = random.reals(shape.out_channels * shape.in_channels * 9, -most, most),
             bias = random.reals(shape.out_channels, -1, 1);
  const Activation activation = random_activation(random);
  const int tile = random.coin() ? 2 : 4;
  const std::int64_t height = random.between(1, 17), width = random.between(1, 17);
  auto in = random_floats(random, height, width, shape.in_channels);
  return difference_of(
      Picture<float>(height, width, shape.out_channels),
      [&](auto out) { conv2d_f32_ref(shape, weights, bias, activation, in.view(), out); },
      [&](auto out) { make_winograd_f32(shape, weights, bias, activation, isa, tile)->run(in.view(), out, pool); });
}

double Conv2dU8Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  return random.coin() ? check_u8<std::uint8_t>(random, isa, pool) : check_u8<float>(random, isa, pool);
}

}  // namespace octet::kernels
