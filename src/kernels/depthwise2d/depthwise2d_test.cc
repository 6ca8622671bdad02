#include "kernels/depthwise2d/depthwise2d_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernels/pieces_for_test.h"
#include "kernels/test_image.h"

namespace octet::kernels {
namespace {

using Kind = Activation::Kind;
using test::difference;
using test::Image;
using test::pick;
using test::pick_u8;

struct Layer {
  Depthwise2dShape shape;
  std::int64_t in_height = 1, in_width = 1, out_height = 1, out_width = 1;
  std::int64_t taps() const { return shape.kernel_h * shape.kernel_w; }
};

std::int64_t reach(std::int64_t kernel, std::int64_t dilation) { return (kernel - 1) * dilation + 1; }

Layer any_layer() {
  Layer layer;
  Depthwise2dShape& s = layer.shape;
  s.channels = test::pick_channels();
  const int kind = pick(0, 3);
  if (kind < 3) {  // those with functions of their own, mostly
    s.kernel_h = s.kernel_w = kind == 2 ? 5 + 2 * pick(0, 1) : 3;
    s.stride_h = pick(1, 2);
    s.stride_w = pick(0, 4) ? s.stride_h : 3 - s.stride_h;
  } else {
    s.kernel_h = pick(1, 7), s.kernel_w = pick(1, 7);
    s.stride_h = pick(1, 3), s.stride_w = pick(1, 3);
    s.dilation_h = pick(1, 3), s.dilation_w = pick(1, 3);
  }
  s.pad_top = pick(0, static_cast<int>(reach(s.kernel_h, s.dilation_h)) - 1);
  s.pad_left = pick(0, static_cast<int>(reach(s.kernel_w, s.dilation_w)) - 1);
  layer.in_height = pick(1, 9), layer.in_width = pick(1, pick(0, 5) ? 9 : 70);
  const std::int64_t pad_bottom = pick(0, static_cast<int>(s.pad_top) + 2), pad_right = pick(0, static_cast<int>(s.pad_left) + 2);
  const std::int64_t room_h = layer.in_height + s.pad_top + pad_bottom - reach(s.kernel_h, s.dilation_h);
  const std::int64_t room_w = layer.in_width + s.pad_left + pad_right - reach(s.kernel_w, s.dilation_w);
  layer.out_height = std::max<std::int64_t>(0, room_h) / s.stride_h + 1;
  layer.out_width = std::max<std::int64_t>(0, room_w) / s.stride_w + 1;
  return layer;
}

Activation any_activation() {
  const Kind kind = static_cast<Kind>(pick(0, 10));
  if (kind == Kind::kClamp) return {kind, static_cast<float>(pick(-30, 0)), static_cast<float>(pick(0, 300))};
  return {kind, 0.1f, 0};
}

Requantization any_requantization(std::int64_t channels, bool to_u8) {
  Requantization r;
  r.activation = any_activation();
  r.to_u8 = to_u8;
  const bool usual = pick(0, 1);  // zero points of 0, as after a ReLU
  const bool scaled = pick(0, 2) == 0;
  for (std::int64_t c = 0; c < channels; ++c) {
    r.multiplier.push_back(static_cast<float>(pick(-100, 3000)) * 1e-5f);
    r.offset.push_back(static_cast<float>(pick(-1000, 1000)) * 0.1f);
    r.zero_point.push_back(static_cast<std::int16_t>(usual ? 0 : pick(-500, 700)));
    if (scaled) r.inv_scale.push_back(static_cast<float>(pick(1, 300)) * 0.01f);
  }
  return r;
}

struct Integers {
  std::vector<std::int16_t> weights;
  std::vector<std::uint8_t> in_zero_point;
};

Integers any_integers(const Layer& layer) {
  Integers result;
  const bool extremes = pick(0, 1);
  const bool bytes = pick(0, 1);
  const int least = bytes ? -128 : -kGreatestWeight, greatest = bytes ? 127 : kGreatestWeight;
  for (std::int64_t i = 0; i < layer.shape.channels * layer.taps(); ++i)
    result.weights.push_back(static_cast<std::int16_t>(extremes ? (pick(0, 1) ? greatest : least) : pick(least, greatest)));
  const bool one = pick(0, 1);
  for (std::int64_t c = 0; c < layer.shape.channels; ++c) result.in_zero_point.push_back(one ? 128 : pick_u8(extremes));
  return result;
}

template <typename Kernel, typename In, typename Out>
void expect_same_in_pieces(const Kernel& kernel, const Layer& layer, const Image<In>& in, const Image<Out>& expected, ThreadPool& pool) {
  Image<Out> out = expected.blank();
  const int rows = pick(1, 4);
  test::run_in_pieces<Kernel, In, Out>(kernel, in.view, out.view, layer.shape.stride_h, rows, pool);
  const std::string wrong = difference(out, expected);
  if (!wrong.empty()) RC_FAIL(std::string(kernel.name()) + " in pieces of " + std::to_string(rows) + " rows: " + wrong);
}

template <typename T>
void expect_reference_u8() {
  const Layer layer = any_layer();
  const Integers integers = any_integers(layer);
  const Requantization requantization = any_requantization(layer.shape.channels, sizeof(T) == 1);
  Image<std::uint8_t> in(layer.in_height, layer.in_width, layer.shape.channels);
  const bool extremes = pick(0, 3) == 0;
  in.fill([&] { return pick_u8(extremes); });
  Image<T> expected(layer.out_height, layer.out_width, layer.shape.channels);
  depthwise2d_u8_ref(layer.shape, integers.weights, integers.in_zero_point, requantization, in.view, expected.view);
  for (const Isa& isa : isas_of<Depthwise2dU8Kernels>())
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      Image<T> out = expected.blank();
      const auto kernel = make_depthwise2d_u8(layer.shape, integers.weights, integers.in_zero_point, requantization, isa);
      kernel->run(in.view, out.view, pool);
      const std::string wrong = difference(out, expected);
      if (!wrong.empty()) RC_FAIL(std::string(isa.name) + ": " + wrong);
      if (kernel->takes_rows()) expect_same_in_pieces(*kernel, layer, in, expected, pool);
    }
}

RC_GTEST_PROP(Depthwise2dU8, GivesTheBitsOfTheReferenceByEveryKernel, ()) { expect_reference_u8<std::uint8_t>(); }

RC_GTEST_PROP(Depthwise2dU8, GivesTheSameFloatsByEveryKernel, ()) { expect_reference_u8<float>(); }

RC_GTEST_PROP(Depthwise2dF32, SumsInTheOrderOfTheReferenceByEveryKernel, ()) {
  const Layer layer = any_layer();
  std::vector<float> weights, bias;
  for (std::int64_t i = 0; i < layer.shape.channels * layer.taps(); ++i) weights.push_back(static_cast<float>(pick(-1000, 1000)) / 300.0f);
  if (pick(0, 3))
    for (std::int64_t c = 0; c < layer.shape.channels; ++c) bias.push_back(static_cast<float>(pick(-1000, 1000)) / 70.0f);
  const Activation activation = any_activation();
  Image<float> in(layer.in_height, layer.in_width, layer.shape.channels);
  in.fill([] { return static_cast<float>(pick(-1000, 1000)) / 7.0f; });
  Image<float> expected(layer.out_height, layer.out_width, layer.shape.channels);
  depthwise2d_f32_ref(layer.shape, weights, bias, activation, in.view, expected.view);
  for (const Isa& isa : isas_of<Depthwise2dF32Kernels>()) {
    ThreadPool pool(pick(1, 3));
    Image<float> out = expected.blank();
    const auto kernel = make_depthwise2d_f32(layer.shape, weights, bias, activation, isa);
    kernel->run(in.view, out.view, pool);
    const std::string wrong = difference(out, expected);
    if (!wrong.empty()) RC_FAIL(std::string(isa.name) + ": " + wrong);
    if (kernel->takes_rows()) expect_same_in_pieces(*kernel, layer, in, expected, pool);
  }
}

RC_GTEST_PROP(QuantizingDepthwise2d, GivesTheBitsOfTheReferenceByEveryKernel, ()) {
  const Layer layer = any_layer();
  std::vector<float> weights;
  for (std::int64_t i = 0; i < layer.shape.channels * layer.taps(); ++i) weights.push_back(static_cast<float>(pick(-1000, 1000)) / 300.0f);
  constexpr Kind kKinds[] = {Kind::kNone, Kind::kRelu, Kind::kClamp, Kind::kLeaky, Kind::kSwish, Kind::kHSwish};
  Requantization requantization;
  requantization.activation = {kKinds[pick(0, 5)], static_cast<float>(pick(0, 10)) / 10, static_cast<float>(pick(10, 300))};
  const bool is_scaled = pick(0, 1), is_moved = pick(0, 1);
  for (std::int64_t c = 0; c < layer.shape.channels; ++c) {
    requantization.multiplier.push_back(static_cast<float>(pick(1, 100)) / 30.0f);
    requantization.offset.push_back(static_cast<float>(pick(-1000, 1000)) / 7.0f);
    if (is_scaled) requantization.inv_scale.push_back(static_cast<float>(pick(1, 100)) / 30.0f);
    requantization.zero_point.push_back(static_cast<std::int16_t>(is_moved ? pick(-300, 555) : 17));
  }
  Image<float> in(layer.in_height, layer.in_width, layer.shape.channels);
  in.fill([] { return static_cast<float>(pick(-1000, 1000)) / 7.0f; });
  Image<std::uint8_t> expected(layer.out_height, layer.out_width, layer.shape.channels);
  depthwise2d_f32_ref(layer.shape, weights, requantization, in.view, expected.view);
  for (const Isa& isa : isas_of<QuantizingDepthwise2dKernels>()) {
    ThreadPool pool(pick(1, 3));
    Image<std::uint8_t> out = expected.blank();
    const auto kernel = make_quantizing_depthwise2d(layer.shape, weights, requantization, isa);
    RC_ASSERT(kernel != nullptr);
    kernel->run(in.view, out.view, pool);
    const std::string wrong = difference(out, expected);
    if (!wrong.empty()) RC_FAIL(std::string(isa.name) + ": " + wrong);
    expect_same_in_pieces(*kernel, layer, in, expected, pool);
  }
}

TEST(QuantizingDepthwise2d, IsMadeForActivationsOfFewOperationsAlone) {
  const auto is_made = [](Activation activation) {
    Requantization requantization{.multiplier = {1}, .offset = {0}, .activation = activation, .inv_scale = {}, .zero_point = {20}};
    return make_quantizing_depthwise2d({.channels = 1}, std::vector<float>{1}, requantization, kPortableIsa) != nullptr;
  };
  EXPECT_TRUE(is_made({Kind::kClamp, 0, 6}));
  EXPECT_TRUE(is_made({Kind::kLeaky, 0.1f, 0}));
  EXPECT_TRUE(is_made({Kind::kSwish, 0, 0}));
  EXPECT_FALSE(is_made({Kind::kLeaky, -1, 0}));
  EXPECT_FALSE(is_made({Kind::kClamp, 6, 0}));
  EXPECT_FALSE(is_made({Kind::kMish, 0, 0}));
}

// Images of some megabytes are walked in another order.
TEST(Depthwise2dF32, SumsLargeImagesInTheOrderOfTheReference) {
  const Depthwise2dShape shape{.channels = 40, .kernel_h = 3, .kernel_w = 3, .pad_top = 1, .pad_left = 1};
  constexpr std::int64_t kHeight = 91, kWidth = 83;
  const auto numbers = [](std::int64_t count) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = (static_cast<float>(i * 7 % 251) - 125) / 70.0f;
    return values;
  };
  const auto image = [&](auto& values) {
    return ImageView<std::remove_reference_t<decltype(values[0])>>{values.data(), kHeight, kWidth, shape.channels, shape.channels};
  };
  const std::vector<float> weights = numbers(shape.channels * 9);
  const std::vector<float> in = numbers(kHeight * kWidth * shape.channels + static_cast<std::int64_t>(kReadSlack));
  std::vector<float> expected(in.size()), out(in.size());
  const Activation activation{Kind::kHSwish, 0, 0};
  depthwise2d_f32_ref(shape, weights, {}, activation, image(in), image(expected));
  for (const Isa& isa : isas_of<Depthwise2dF32Kernels>())
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      std::fill(out.begin(), out.end(), 0.0f);
      make_depthwise2d_f32(shape, weights, {}, activation, isa)->run(image(in), image(out), pool);
      EXPECT_TRUE(out == expected) << isa.name << ", threads " << threads;
    }
}

TEST(Depthwise2dRef, SumsTheTapsInsideTheImage) {
  Depthwise2dShape shape{.channels = 1, .kernel_h = 3, .kernel_w = 3, .pad_top = 1, .pad_left = 1};
  const std::vector<std::int16_t> weights{1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::vector<std::uint8_t> zero_point{10};
  const std::vector<std::uint8_t> in{11, 12, 13, 14};  // 1 2 / 3 4 over the zero point
  std::vector<float> out(4);
  const Requantization requantization{
      .multiplier = {2}, .offset = {0.5}, .activation = {}, .to_u8 = false, .inv_scale = {}, .zero_point = {}};
  depthwise2d_u8_ref(shape, weights, zero_point, requantization, {in.data(), 2, 2, 1, 1}, ImageView<float>{out.data(), 2, 2, 1, 1});
  EXPECT_EQ(out, (std::vector<float>{2 * (5 + 12 + 24 + 36) + 0.5f, 2 * (4 + 10 + 21 + 32) + 0.5f, 2 * (2 + 6 + 15 + 24) + 0.5f,
                                     2 * (1 + 4 + 12 + 20) + 0.5f}));
}

}  // namespace
}  // namespace octet::kernels
