// The definitions, element by element, and the checks of the kernels against them.
#include <cmath>

#include "kernels/check.h"
#include "kernels/quantize/quantize.h"
#include "kernels/quantize/quantize_kernels.h"
#include "kernels/requantize_ref.h"

namespace octet::kernels {
namespace {

// Of a span that holds one value for all channels, or one for each.
template <typename T>
T of_channel(std::span<const T> values, std::int64_t c) {
  return values[values.size() == 1 ? 0 : static_cast<std::size_t>(c)];
}

// Channel c of pixel (y, x) of planes as large as `image`, scaled and shifted.
template <typename T>
float planar_value(std::span<const float> planar, std::span<const float> scale, std::span<const float> offset, const ImageView<T>& image,
                   std::int64_t y, std::int64_t x, std::int64_t c) {
  const float value = planar[static_cast<std::size_t>((c * image.height + y) * image.width + x)];
  return scale.empty() ? value : std::fma(value, scale[c], offset[c]);
}

// One value, or as many as channels.
std::int64_t random_count(Random& random, std::int64_t channels) { return random.coin() ? channels : 1; }

}  // namespace

void quantize_u8_ref(ImageView<const float> in, std::span<const float> scale, std::span<const std::int16_t> zero_point,
                     ImageView<std::uint8_t> out) {
  define(out, [&](auto y, auto x, auto c) { return ref::quantize(in.pixel(y, x)[c] / of_channel(scale, c), of_channel(zero_point, c)); });
}

void dequantize_u8_ref(ImageView<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                       ImageView<float> out) {
  define(out,
         [&](auto y, auto x, auto c) { return static_cast<float>(in.pixel(y, x)[c] - of_channel(zero_point, c)) * of_channel(scale, c); });
}

void nhwc_from_nchw_ref(std::span<const float> planar, std::span<const float> scale, std::span<const float> offset, ImageView<float> out) {
  define(out, [&](auto y, auto x, auto c) { return planar_value(planar, scale, offset, out, y, x, c); });
}

void nchw_from_nhwc_ref(ImageView<const float> in, std::span<float> planar) {
  std::size_t at = 0;
  for (std::int64_t c = 0; c < in.channels; ++c)
    for (std::int64_t pixel = 0; pixel < in.pixels(); ++pixel) planar[at++] = in.pixel(0, pixel)[c];
}

void quantized_nhwc_from_nchw_ref(std::span<const float> planar, std::span<const float> scale, std::span<const float> offset,
                                  std::span<const std::uint8_t> zero_point, ImageView<std::uint8_t> out) {
  define(out, [&](auto y, auto x, auto c) { return ref::quantize(planar_value(planar, scale, offset, out, y, x, c), zero_point[c]); });
}

double QuantizeU8Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 12), channels = random.between(1, 100);
  auto in = random_floats(random, side, side, channels);
  const std::int64_t count = random_count(random, channels);
  const auto scale = random.reals(count, 0.01f, 0.1f);
  const auto zero_point = count == 1 ? random.integers<std::int16_t>(1, 0, 255) : random.integers<std::int16_t>(count, -200, 455);
  return difference_of(
      Picture<std::uint8_t>(side, side, channels), [&](auto out) { quantize_u8_ref(in.view(), scale, zero_point, out); },
      [&](auto out) { quantize_u8(in.view(), scale, zero_point, out, isa, pool); });
}

double DequantizeU8Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 12), channels = random.between(1, 100);
  auto in = random_bytes(random, side, side, channels);
  const std::int64_t count = random_count(random, channels);
  const auto scale = random.reals(count, 0.01f, 1);
  const auto zero_point = random.integers<std::uint8_t>(count, 0, 255);
  return difference_of(
      Picture<float>(side, side, channels), [&](auto out) { dequantize_u8_ref(in.view(), scale, zero_point, out); },
      [&](auto out) { dequantize_u8(in.view(), scale, zero_point, out, isa, pool); });
}

double InterleaveKernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 24), channels = random.between(1, 40);
  const auto planes = random.reals(side * side * channels, 0, 255);
  const std::int64_t factors = random.coin() ? channels : 0;
  const auto scale = random.reals(factors, 0.5f, 1.5f), offset = random.reals(factors, -10, 10);
  return difference_of(
      Picture<float>(side, side, channels), [&](auto out) { nhwc_from_nchw_ref(planes, scale, offset, out); },
      [&](auto out) { nhwc_from_nchw(planes, scale, offset, out, isa, pool); });
}

double InterleaveQuantizedKernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 24), channels = random.coin() ? 3 : random.between(1, 40);
  const auto planes = random.reals(side * side * channels, 0, 255);
  const auto scale = random.reals(channels, 0.5f, 1.5f), offset = random.reals(channels, -200, 10);
  const auto zero_point = random.integers<std::uint8_t>(channels, 0, 128);
  return difference_of(
      Picture<std::uint8_t>(side, side, channels), [&](auto out) { quantized_nhwc_from_nchw_ref(planes, scale, offset, zero_point, out); },
      [&](auto out) { quantized_nhwc_from_nchw(planes, scale, offset, zero_point, out, isa, pool); });
}

double SeparateKernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 24), channels = random.between(1, 40);
  auto in = random_floats(random, side, side, channels);
  std::vector<float> expected(static_cast<std::size_t>(side * side * channels)), found = expected;
  nchw_from_nhwc_ref(in.view(), expected);
  nchw_from_nhwc(in.view(), found, isa, pool);
  return difference<float>(expected, found);
}

}  // namespace octet::kernels
