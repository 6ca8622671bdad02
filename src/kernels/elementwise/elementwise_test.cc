#include "kernels/elementwise/elementwise.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernels/elementwise/elementwise_kernels.h"
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

// Calls run(isa, out, pool) by every kernel of the table, on one thread and on three, and compares.
template <class Table, typename T, typename Run>
void expect_by_every_kernel(const Image<T>& expected, const Run& run) {
  for (const Isa& isa : isas_of<Table>())
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      Image<T> out = expected.blank();
      run(isa, out.view, pool);
      const std::string wrong = difference(out, expected);
      if (!wrong.empty()) RC_FAIL(std::string(isa.name) + ": " + wrong);
    }
}

RC_GTEST_PROP(AddF32, AddsAndActivates, ()) {
  const Size size;
  const auto a = size.image<float>().fill(any_float), b = size.image<float>().fill(any_float);
  const Activation activation = any_activation();
  auto expected = size.image<float>();
  add_f32_ref(a.view, b.view, expected.view, activation);
  expect_by_every_kernel<AddF32Kernels>(
      expected, [&](const Isa& isa, ImageView<float> out, ThreadPool& pool) { add_f32(a.view, b.view, out, activation, isa, pool); });
}

RC_GTEST_PROP(MultiplyF32, MultipliesAndActivates, ()) {
  const Size size;
  const auto a = size.image<float>().fill(any_float), b = size.image<float>().fill(any_float);
  const Activation activation = any_activation();
  auto expected = size.image<float>();
  multiply_f32_ref(a.view, b.view, expected.view, activation);
  expect_by_every_kernel<MultiplyF32Kernels>(
      expected, [&](const Isa& isa, ImageView<float> out, ThreadPool& pool) { multiply_f32(a.view, b.view, out, activation, isa, pool); });
}

TEST(AddF32, MayRunInPlace) {
  ThreadPool pool(1);
  for (const Isa& isa : isas_of<AddF32Kernels>()) {
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
  scale_shift_f32_ref(in.view, scale, offset, expected.view, activation);
  expect_by_every_kernel<ScaleShiftF32Kernels>(expected, [&](const Isa& isa, ImageView<float> out, ThreadPool& pool) {
    scale_shift_f32(in.view, scale, offset, out, activation, isa, pool);
  });
}

AddU8 any_add_u8() {
  AddU8 add;
  add.a_multiplier = static_cast<float>(pick(-100, 400)) / 150.0f;
  add.b_multiplier = static_cast<float>(pick(-100, 400)) / 170.0f;
  add.offset = static_cast<float>(pick(-3000, 3000)) / 11.0f;
  add.activation = any_activation();
  add.scale = pick(0, 1) ? 1.0f : 0.6f;
  add.zero_point = pick_u8(pick(0, 1));
  return add;
}

RC_GTEST_PROP(AddU8, GivesTheBitsOfTheDefinition, ()) {
  const Size size;
  const bool extremes = pick(0, 3) == 0;
  const auto any = [&] { return pick_u8(extremes); };
  const auto a = size.image<std::uint8_t>().fill(any), b = size.image<std::uint8_t>().fill(any);
  const AddU8 add = any_add_u8();
  auto expected = size.image<std::uint8_t>();
  add_u8_ref(add, a.view, b.view, expected.view);
  expect_by_every_kernel<AddU8Kernels>(
      expected, [&](const Isa& isa, ImageView<std::uint8_t> out, ThreadPool& pool) { add_u8(add, a.view, b.view, out, isa, pool); });
}

RC_GTEST_PROP(AddU8, GivesTheFloatsOfTheDefinition, ()) {
  const Size size;
  const auto any = [&] { return pick_u8(false); };
  const auto a = size.image<std::uint8_t>().fill(any), b = size.image<std::uint8_t>().fill(any);
  const AddU8 add = any_add_u8();
  auto expected = size.image<float>();
  add_u8_ref(add, a.view, b.view, expected.view);
  expect_by_every_kernel<AddU8F32Kernels>(
      expected, [&](const Isa& isa, ImageView<float> out, ThreadPool& pool) { add_u8(add, a.view, b.view, out, isa, pool); });
}

TEST(AddU8, TakesSumsBeyondIntegersToTheLimits) {
  ThreadPool pool(1);
  for (const Isa& isa : isas_of<AddU8Kernels>())
    for (const float huge : {1e30f, -1e30f, 3e38f}) {
      std::vector<std::uint8_t> a(100, 255), out(100);
      const ImageView<const std::uint8_t> in{a.data(), 1, 1, 100, 100};
      add_u8(AddU8{huge, huge, 0, {}, 1, 9}, in, in, ImageView<std::uint8_t>{out.data(), 1, 1, 100, 100}, isa, pool);
      EXPECT_EQ(out, std::vector<std::uint8_t>(100, huge > 0 ? 255 : 0)) << isa.name;
    }
}

RC_GTEST_PROP(Copy, CopiesPixelsWhateverTheStrides, ()) {
  const Size size;
  ThreadPool pool(pick(1, 3));
  const auto in = Image<std::uint8_t>(size.height, size.width, size.channels).fill([] { return pick_u8(false); });
  auto expected = size.image<std::uint8_t>();
  for (std::int64_t pixel = 0; pixel < in.view.pixels(); ++pixel)
    std::copy_n(in.view.data + pixel * in.view.pixel_stride, size.channels, expected.view.data + pixel * expected.view.pixel_stride);
  auto out = expected.blank();
  copy_bytes(in.view, out.view, pool);
  RC_ASSERT(difference(out, expected) == "");
}

}  // namespace
}  // namespace octet::kernels
