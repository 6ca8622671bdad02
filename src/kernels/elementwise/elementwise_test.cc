#include "kernels/elementwise/elementwise.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernels/quantize/quantize_value.h"
#include "kernels/test_image.h"

namespace octet::kernels {
namespace {

using test::difference;
using test::Image;
using test::pick;
using test::pick_u8;

struct Size {
  int height = pick(1, 6), width = pick(1, pick(0, 4) ? 9 : 90), channels = test::pick_channels();
  bool dense = pick(0, 1);

  template <typename T>
  Image<T> image() const {
    return Image<T>(height, width, channels, dense);
  }
};

float any_float() { return static_cast<float>(pick(-1000, 1000)) / 7.0f; }

Activation any_activation() { return {static_cast<Activation::Kind>(pick(0, 10)), -3.5f, 40.0f}; }

// Calls value(pixel, c) for each element of `out` and stores it.
template <typename T, typename Value>
void define(Image<T>& out, const Value& value) {
  for (std::int64_t pixel = 0; pixel < out.view.pixels(); ++pixel)
    for (std::int64_t c = 0; c < out.view.channels; ++c) out.view.data[pixel * out.view.pixel_stride + c] = value(pixel, c);
}

template <typename T>
T at(const Image<T>& image, std::int64_t pixel, std::int64_t c) {
  return image.view.data[pixel * image.view.pixel_stride + c];
}

// Calls run(isa, out, pool) at every level, on one thread and on three, and compares.
template <typename T, typename Run>
void expect_at_every_level(const Image<T>& expected, const Run& run) {
  for (const Isa isa : available_isas())
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      Image<T> out = expected.blank();
      run(isa, out.view, pool);
      const std::string wrong = difference(out, expected);
      if (!wrong.empty()) RC_FAIL(std::string(name_of(isa)) + ": " + wrong);
    }
}

RC_GTEST_PROP(AddF32, AddsAndActivates, ()) {
  const Size size;
  const auto a = size.image<float>().fill(any_float), b = size.image<float>().fill(any_float);
  const Activation activation = any_activation();
  auto expected = size.image<float>();
  define(expected, [&](auto pixel, auto c) { return activate(activation, at(a, pixel, c) + at(b, pixel, c)); });
  expect_at_every_level(expected,
                        [&](Isa isa, ImageView<float> out, ThreadPool& pool) { add_f32(a.view, b.view, out, activation, isa, pool); });
}

RC_GTEST_PROP(MultiplyF32, MultipliesAndActivates, ()) {
  const Size size;
  const auto a = size.image<float>().fill(any_float), b = size.image<float>().fill(any_float);
  const Activation activation = any_activation();
  auto expected = size.image<float>();
  define(expected, [&](auto pixel, auto c) { return activate(activation, at(a, pixel, c) * at(b, pixel, c)); });
  expect_at_every_level(expected,
                        [&](Isa isa, ImageView<float> out, ThreadPool& pool) { multiply_f32(a.view, b.view, out, activation, isa, pool); });
}

TEST(AddF32, MayRunInPlace) {
  ThreadPool pool(1);
  for (const Isa isa : available_isas()) {
    std::vector<float> a(37, 2.0f), b(37, 3.0f);
    const ImageView<float> view{a.data(), 1, 1, 37, 37};
    add_f32(view, {b.data(), 1, 1, 37, 37}, view, {}, isa, pool);
    EXPECT_EQ(a, std::vector<float>(37, 5.0f));
  }
}

RC_GTEST_PROP(ScaleShiftF32, FusesTheTwoOfEachChannel, ()) {
  const Size size;
  const auto in = size.image<float>().fill(any_float);
  std::vector<float> scale, offset;
  for (int c = 0; c < size.channels; ++c) scale.push_back(any_float()), offset.push_back(any_float());
  const Activation activation = any_activation();
  auto expected = size.image<float>();
  define(expected, [&](auto pixel, auto c) { return activate(activation, std::fma(at(in, pixel, c), scale[c], offset[c])); });
  expect_at_every_level(expected, [&](Isa isa, ImageView<float> out, ThreadPool& pool) {
    scale_shift_f32(in.view, scale, offset, out, activation, isa, pool);
  });
}

AddU8 any_add_u8() {
  AddU8 add;
  add.a_multiplier = static_cast<float>(pick(-100, 400)) / 150.0f;
  add.b_multiplier = static_cast<float>(pick(-100, 400)) / 170.0f;
  add.offset = static_cast<float>(pick(-3000, 3000)) / 11.0f;
  add.activation = any_activation();
  add.inv_scale = pick(0, 1) ? 1.0f : 1.7f;
  add.zero_point = pick_u8(pick(0, 1));
  return add;
}

float real_sum(const AddU8& add, std::uint8_t a, std::uint8_t b) {
  return activate(add.activation,
                  std::fma(static_cast<float>(a), add.a_multiplier, std::fma(static_cast<float>(b), add.b_multiplier, add.offset)));
}

RC_GTEST_PROP(AddU8, GivesTheBitsOfTheDefinition, ()) {
  const Size size;
  const bool extremes = pick(0, 3) == 0;
  const auto any = [&] { return pick_u8(extremes); };
  const auto a = size.image<std::uint8_t>().fill(any), b = size.image<std::uint8_t>().fill(any);
  const AddU8 add = any_add_u8();
  auto expected = size.image<std::uint8_t>();
  define(expected, [&](auto pixel, auto c) {
    return quantize_value(real_sum(add, at(a, pixel, c), at(b, pixel, c)) * add.inv_scale, add.zero_point);
  });
  expect_at_every_level(expected,
                        [&](Isa isa, ImageView<std::uint8_t> out, ThreadPool& pool) { add_u8(add, a.view, b.view, out, isa, pool); });
}

RC_GTEST_PROP(AddU8, GivesTheFloatsOfTheDefinition, ()) {
  const Size size;
  const auto any = [&] { return pick_u8(false); };
  const auto a = size.image<std::uint8_t>().fill(any), b = size.image<std::uint8_t>().fill(any);
  const AddU8 add = any_add_u8();
  auto expected = size.image<float>();
  define(expected, [&](auto pixel, auto c) { return real_sum(add, at(a, pixel, c), at(b, pixel, c)); });
  expect_at_every_level(expected, [&](Isa isa, ImageView<float> out, ThreadPool& pool) { add_u8(add, a.view, b.view, out, isa, pool); });
}

TEST(AddU8, TakesSumsBeyondIntegersToTheLimits) {
  ThreadPool pool(1);
  for (const Isa isa : available_isas())
    for (const float huge : {1e30f, -1e30f, 3e38f}) {
      std::vector<std::uint8_t> a(100, 255), out(100);
      const ImageView<const std::uint8_t> in{a.data(), 1, 1, 100, 100};
      add_u8(AddU8{huge, huge, 0, {}, 1, 9}, in, in, ImageView<std::uint8_t>{out.data(), 1, 1, 100, 100}, isa, pool);
      EXPECT_EQ(out, std::vector<std::uint8_t>(100, huge > 0 ? 255 : 0)) << name_of(isa);
    }
}

RC_GTEST_PROP(Copy, CopiesPixelsWhateverTheStrides, ()) {
  const Size size;
  ThreadPool pool(pick(1, 3));
  const auto in = Image<std::uint8_t>(size.height, size.width, size.channels).fill([] { return pick_u8(false); });
  auto expected = size.image<std::uint8_t>();
  define(expected, [&](auto pixel, auto c) { return at(in, pixel, c); });
  auto out = expected.blank();
  copy_u8(in.view, out.view, pool);
  RC_ASSERT(difference(out, expected) == "");
}

}  // namespace
}  // namespace octet::kernels
