// The definitions, element by element, and the checks of the kernels against them.
#include <cmath>

#include "kernels/check.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/elementwise/elementwise_kernels.h"
#include "kernels/requantize_ref.h"

namespace octet::kernels {
namespace {

float real_sum(const AddU8& add, std::uint8_t a, std::uint8_t b) {
  const float from_b = std::fma(static_cast<float>(b), add.b_multiplier, add.offset);
  return activate(add.activation, std::fma(static_cast<float>(a), add.a_multiplier, from_b));
}

// The size of a random image.
struct Size {
  std::int64_t side, channels;

  explicit Size(Random& random) : side(random.between(1, 12)), channels(random.between(1, 100)) {}
  template <typename T>
  Picture<T> blank() const {
    return Picture<T>(side, side, channels);
  }
  Picture<float> floats(Random& random) const { return random_floats(random, side, side, channels); }
  Picture<std::uint8_t> bytes(Random& random) const { return random_bytes(random, side, side, channels); }
};

AddU8 random_add(Random& random) {
  AddU8 add;
  add.a_multiplier = random.real(-0.5f, 2);
  add.b_multiplier = random.real(-0.5f, 2);
  add.offset = random.real(-50, 50);
  add.activation = random_activation(random);
  if (!is_scalable(add.activation) || random.coin()) add.scale = random.real(0.25f, 2);
  add.zero_point = random.byte();
  return add;
}

template <typename T>
double check_add_u8(Random& random, const AddU8& add, const Isa& isa, ThreadPool& pool) {
  const Size size(random);
  auto a = size.bytes(random), b = size.bytes(random);
  return difference_of(
      size.blank<T>(), [&](ImageView<T> out) { add_u8_ref(add, a.view(), b.view(), out); },
      [&](ImageView<T> out) { add_u8(add, a.view(), b.view(), out, isa, pool); });
}

}  // namespace

void add_f32_ref(ImageView<const float> a, ImageView<const float> b, ImageView<float> out, const Activation& activation) {
  define(out, [&](auto y, auto x, auto c) { return activate(activation, a.pixel(y, x)[c] + b.pixel(y, x)[c]); });
}

void multiply_f32_ref(ImageView<const float> a, ImageView<const float> b, ImageView<float> out, const Activation& activation) {
  define(out, [&](auto y, auto x, auto c) { return activate(activation, a.pixel(y, x)[c] * b.pixel(y, x)[c]); });
}

void scale_shift_f32_ref(ImageView<const float> in, std::span<const float> scale, std::span<const float> offset, ImageView<float> out,
                         const Activation& activation) {
  define(out, [&](auto y, auto x, auto c) { return activate(activation, std::fma(in.pixel(y, x)[c], scale[c], offset[c])); });
}

void add_u8_ref(const AddU8& add, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b, ImageView<std::uint8_t> out) {
  define(out, [&](auto y, auto x, auto c) {
    return ref::quantize(real_sum(add, a.pixel(y, x)[c], b.pixel(y, x)[c]) / add.scale, add.zero_point);
  });
}

void add_u8_ref(const AddU8& add, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b, ImageView<float> out) {
  define(out, [&](auto y, auto x, auto c) { return real_sum(add, a.pixel(y, x)[c], b.pixel(y, x)[c]); });
}

double AddF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const Size size(random);
  const Activation activation = random_activation(random);
  auto a = size.floats(random), b = size.floats(random);
  return difference_of(
      size.blank<float>(), [&](auto out) { add_f32_ref(a.view(), b.view(), out, activation); },
      [&](auto out) { add_f32(a.view(), b.view(), out, activation, isa, pool); });
}

double MultiplyF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const Size size(random);
  const Activation activation = random_activation(random);
  auto a = size.floats(random), b = size.floats(random);
  return difference_of(
      size.blank<float>(), [&](auto out) { multiply_f32_ref(a.view(), b.view(), out, activation); },
      [&](auto out) { multiply_f32(a.view(), b.view(), out, activation, isa, pool); });
}

double ScaleShiftF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const Size size(random);
  const Activation activation = random_activation(random);
  auto in = size.floats(random);
  const auto scale = random.reals(size.channels, -2, 2), offset = random.reals(size.channels, -2, 2);
  return difference_of(
      size.blank<float>(), [&](auto out) { scale_shift_f32_ref(in.view(), scale, offset, out, activation); },
      [&](auto out) { scale_shift_f32(in.view(), scale, offset, out, activation, isa, pool); });
}

double AddU8F32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  return check_add_u8<float>(random, random_add(random), isa, pool);
}

// With an activation that is a clamp and without a factor, where the sums need not become floats in memory.
double AddU8Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  AddU8 add = random_add(random);
  add.scale = 1;
  if (!u8_limits(add.activation, add.zero_point)) add.activation = {};
  return check_add_u8<std::uint8_t>(random, add, isa, pool);
}

}  // namespace octet::kernels
