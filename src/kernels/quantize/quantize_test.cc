#include "kernels/quantize/quantize.h"

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernels/quantize/quantize_kernels.h"
#include "kernels/quantize/quantize_value.h"
#include "kernels/test_image.h"

namespace octet::kernels {
namespace {

using test::difference;
using test::Image;
using test::pick;
using test::pick_u8;

// Mostly near the range of u8, some on ties, some any bits at all.
float any_float() {
  switch (pick(0, 5)) {
    case 0:
      return std::bit_cast<float>(*rc::gen::arbitrary<std::uint32_t>());
    case 1:
      return static_cast<float>(pick(-20, 530)) / 2.0f;
    default:
      return static_cast<float>(pick(-1000, 4000)) / 13.0f;
  }
}

struct Parameters {
  std::vector<float> scale, offset;
  std::vector<std::uint8_t> zero_point;

  Parameters(int scales, int zero_points) {
    for (int i = 0; i < scales; ++i) scale.push_back(pick(0, 1) ? 1.0f : static_cast<float>(pick(1, 300)) / 77.0f);
    for (int i = 0; i < scales; ++i) offset.push_back(static_cast<float>(pick(-300, 300)) / 7.0f);
    for (int i = 0; i < zero_points; ++i) zero_point.push_back(pick_u8(pick(0, 1)));
  }
};

// Calls run(isa, out, pool) for every kernel of the table, on one thread and on three, and compares.
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

TEST(QuantizeValue, RoundsHalvesToEvenAndSaturates) {
  EXPECT_EQ(quantize_value(0.5f, 10), 10);
  EXPECT_EQ(quantize_value(1.5f, 10), 12);
  EXPECT_EQ(quantize_value(-10.6f, 10), 0);
  EXPECT_EQ(quantize_value(1e30f, 10), 255);
  EXPECT_EQ(quantize_value(-std::numeric_limits<float>::infinity(), 10), 0);
  EXPECT_EQ(quantize_value(std::nanf(""), 10), 0);
}

RC_GTEST_PROP(QuantizeU8, GivesTheBitsOfTheDefinition, ()) {
  const int height = pick(1, 6), width = pick(1, 20), channels = test::pick_channels();
  const int count = pick(0, 1) ? channels : 1;
  const Parameters p(count, count);
  std::vector<std::int16_t> zero_point(p.zero_point.begin(), p.zero_point.end());
  if (count == channels && pick(0, 1))
    for (std::int16_t& zero : zero_point) zero = static_cast<std::int16_t>(pick(-32000, 32000));
  const auto in = Image<float>(height, width, channels).fill(any_float);
  Image<std::uint8_t> expected(height, width, channels);
  quantize_u8_ref(in.view, p.scale, zero_point, expected.view);
  expect_by_every_kernel<QuantizeU8Kernels>(expected, [&](const Isa& isa, ImageView<std::uint8_t> out, ThreadPool& pool) {
    quantize_u8(in.view, p.scale, zero_point, out, isa, pool);
  });
}

RC_GTEST_PROP(DequantizeU8, GivesTheBitsOfTheDefinition, ()) {
  const int height = pick(1, 6), width = pick(1, 20), channels = test::pick_channels();
  const int count = pick(0, 1) ? channels : 1;
  const Parameters p(count, count);
  const auto in = Image<std::uint8_t>(height, width, channels).fill([] { return pick_u8(false); });
  Image<float> expected(height, width, channels);
  dequantize_u8_ref(in.view, p.scale, p.zero_point, expected.view);
  expect_by_every_kernel<DequantizeU8Kernels>(expected, [&](const Isa& isa, ImageView<float> out, ThreadPool& pool) {
    dequantize_u8(in.view, p.scale, p.zero_point, out, isa, pool);
  });
}

struct Planar {
  int height = pick(1, 9), width = pick(1, 30), channels = pick(0, 2) ? pick(1, 40) : 3;
  std::vector<float> values;

  Planar() {
    for (int i = 0; i < height * width * channels; ++i) values.push_back(any_float());
  }
};

RC_GTEST_PROP(NhwcFromNchw, InterleavesAndScales, ()) {
  const Planar planar;
  Parameters p(planar.channels, 0);
  if (pick(0, 1)) p.scale.clear(), p.offset.clear();
  Image<float> expected(planar.height, planar.width, planar.channels);
  nhwc_from_nchw_ref(planar.values, p.scale, p.offset, expected.view);
  expect_by_every_kernel<InterleaveKernels>(expected, [&](const Isa& isa, ImageView<float> out, ThreadPool& pool) {
    nhwc_from_nchw(planar.values, p.scale, p.offset, out, isa, pool);
  });
}

RC_GTEST_PROP(QuantizedNhwcFromNchw, GivesTheBitsOfTheDefinition, ()) {
  const Planar planar;
  const Parameters p(planar.channels, planar.channels);
  Image<std::uint8_t> expected(planar.height, planar.width, planar.channels);
  quantized_nhwc_from_nchw_ref(planar.values, p.scale, p.offset, p.zero_point, expected.view);
  expect_by_every_kernel<InterleaveQuantizedKernels>(expected, [&](const Isa& isa, ImageView<std::uint8_t> out, ThreadPool& pool) {
    quantized_nhwc_from_nchw(planar.values, p.scale, p.offset, p.zero_point, out, isa, pool);
  });
}

RC_GTEST_PROP(NchwFromNhwc, SeparatesTheChannels, ()) {
  const Planar planar;
  Image<float> in(planar.height, planar.width, planar.channels);
  nhwc_from_nchw_ref(planar.values, {}, {}, in.view);
  for (const Isa& isa : isas_of<SeparateKernels>()) {
    ThreadPool pool(pick(1, 3));
    std::vector<float> out(planar.values.size() + 1, 77.0f);
    nchw_from_nhwc(in.view, std::span(out).first(planar.values.size()), isa, pool);
    RC_ASSERT(out.back() == 77.0f);
    for (std::size_t i = 0; i < planar.values.size(); ++i)
      RC_ASSERT(std::bit_cast<std::uint32_t>(out[i]) == std::bit_cast<std::uint32_t>(planar.values[i]));
  }
}

}  // namespace
}  // namespace octet::kernels
