#include "kernels/pool/pool.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernels/pool/pool_kernels.h"
#include "kernels/test_image.h"

namespace octet::kernels {
namespace {

using test::difference;
using test::Image;
using test::pick;
using test::pick_u8;

struct Layer {
  AvgPoolShape shape;
  std::int64_t in_height = pick(1, 15), in_width = pick(1, pick(0, 5) ? 15 : 600), channels = pick(1, 100), out_height = 1, out_width = 1;

  Layer() {
    AvgPoolShape& s = shape;
    if (in_width > 15) channels = pick(1, 9);
    s.kernel_h = pick(1, 13), s.kernel_w = pick(0, 1) ? s.kernel_h : pick(1, 13);
    s.stride_h = pick(1, 3), s.stride_w = pick(1, 3);
    if (pick(0, 2) == 0) s.dilation_h = pick(1, 3), s.dilation_w = pick(1, 3);
    s.pad_top = pick(0, static_cast<int>(s.kernel_h) - 1), s.pad_left = pick(0, static_cast<int>(s.kernel_w) - 1);
    s.pad_bottom = pick(0, static_cast<int>(s.kernel_h) - 1), s.pad_right = pick(0, static_cast<int>(s.kernel_w) - 1);
    s.exclude_pad = pick(0, 1);
    const int ceil = pick(0, 1);
    out_height = outputs(in_height + s.pad_top + s.pad_bottom, (s.kernel_h - 1) * s.dilation_h + 1, s.stride_h, ceil);
    out_width = outputs(in_width + s.pad_left + s.pad_right, (s.kernel_w - 1) * s.dilation_w + 1, s.stride_w, ceil);
  }
  static std::int64_t outputs(std::int64_t padded, std::int64_t reach, std::int64_t stride, std::int64_t ceil) {
    return std::max<std::int64_t>(0, padded - reach + ceil * (stride - 1)) / stride + 1;
  }
};

// Calls run(isa, out, pool) for every kernel of the table and compares with reference(out).
template <class Table, typename T, typename Reference, typename Run>
void expect_by_every_kernel(const Layer& layer, const Reference& reference, const Run& run) {
  Image<T> expected(layer.out_height, layer.out_width, layer.channels);
  reference(expected.view);
  for (const Isa& isa : isas_of<Table>()) {
    ThreadPool pool(pick(0, 1) ? 1 : 3);
    Image<T> out = expected.blank();
    run(isa, out.view, pool);
    const std::string wrong = difference(out, expected);
    if (!wrong.empty()) RC_FAIL(std::string(isa.name) + ": " + wrong);
  }
}

RC_GTEST_PROP(MaxPoolU8, GivesTheMaximumOfTheReferenceByEveryKernel, ()) {
  const Layer layer;
  const auto in = Image<std::uint8_t>(layer.in_height, layer.in_width, layer.channels).fill([] { return pick_u8(false); });
  expect_by_every_kernel<MaxPoolU8Kernels, std::uint8_t>(
      layer, [&](ImageView<std::uint8_t> out) { max_pool_u8_ref(layer.shape, in.view, out); },
      [&](const Isa& isa, ImageView<std::uint8_t> out, ThreadPool& pool) { max_pool(layer.shape, in.view, out, isa, pool); });
}

RC_GTEST_PROP(MaxPoolF32, GivesTheMaximumOfTheReferenceByEveryKernel, ()) {
  const Layer layer;
  const auto in = Image<float>(layer.in_height, layer.in_width, layer.channels).fill([] { return static_cast<float>(pick(-1000, 100)); });
  expect_by_every_kernel<MaxPoolF32Kernels, float>(
      layer, [&](ImageView<float> out) { max_pool_f32_ref(layer.shape, in.view, out); },
      [&](const Isa& isa, ImageView<float> out, ThreadPool& pool) { max_pool(layer.shape, in.view, out, isa, pool); });
}

RC_GTEST_PROP(AvgPoolF32, GivesTheBitsOfTheReferenceByEveryKernel, ()) {
  const Layer layer;
  const auto in =
      Image<float>(layer.in_height, layer.in_width, layer.channels).fill([] { return static_cast<float>(pick(-1000, 1000)) / 7.0f; });
  expect_by_every_kernel<AvgPoolF32Kernels, float>(
      layer, [&](ImageView<float> out) { avg_pool_f32_ref(layer.shape, in.view, out); },
      [&](const Isa& isa, ImageView<float> out, ThreadPool& pool) { avg_pool_f32(layer.shape, in.view, out, isa, pool); });
}

TEST(MaxPoolRef, NeverTakesPadding) {
  const std::vector<float> in{-3, -2, -4, -1};
  std::vector<float> out(4);
  const PoolShape shape{.kernel_h = 2, .kernel_w = 2, .pad_top = 1, .pad_left = 1};
  max_pool_f32_ref(shape, {in.data(), 2, 2, 1, 1}, {out.data(), 2, 2, 1, 1});
  EXPECT_EQ(out, (std::vector<float>{-3, -2, -3, -1}));
}

TEST(AvgPoolRef, CountsPaddingOnlyIfAsked) {
  const std::vector<float> in{1, 2, 3, 4};
  std::vector<float> out(1);
  AvgPoolShape shape;
  shape.kernel_h = shape.kernel_w = 3;
  shape.pad_top = shape.pad_left = 1;
  avg_pool_f32_ref(shape, {in.data(), 2, 2, 1, 1}, {out.data(), 1, 1, 1, 1});
  EXPECT_EQ(out[0], 2.5f);
  shape.exclude_pad = false;
  avg_pool_f32_ref(shape, {in.data(), 2, 2, 1, 1}, {out.data(), 1, 1, 1, 1});
  EXPECT_EQ(out[0], 10.0f / 9.0f);
}

TEST(AvgPoolRef, LeavesOutWhatCeilRoundingReachesBeyondThePadding) {
  const std::vector<float> in{1, 2, 3};
  std::vector<float> out(2);
  AvgPoolShape shape;
  shape.kernel_w = shape.stride_w = 2;
  shape.exclude_pad = false;
  avg_pool_f32_ref(shape, {in.data(), 1, 3, 1, 1}, {out.data(), 1, 2, 1, 1});
  EXPECT_EQ(out, (std::vector<float>{1.5f, 3.0f}));
}

}  // namespace
}  // namespace octet::kernels
