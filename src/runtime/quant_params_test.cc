#include "runtime/quant_params.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace octet {
namespace {

const Shape kData{1, 3, 4, 4};

Tensor limits(const std::vector<float>& values) { return Tensor::of<float>({1, static_cast<std::int64_t>(values.size()), 1, 1}, values); }

Result<QuantParams> params(const std::vector<float>& low, const std::vector<float>& high, std::int64_t levels = 256) {
  return quant_params_of({levels}, kData, limits(low), limits(high), limits(low), limits(high));
}

TEST(QuantParamsOf, ReadsScaleAndZeroPointFromLimits) {
  const auto found = params({-1}, {1.55f});
  ASSERT_TRUE(found);
  EXPECT_FLOAT_EQ(found->scale[0], 0.01f);
  EXPECT_EQ(found->zero_point[0], 100);
  EXPECT_FALSE(found->per_channel());
}

TEST(QuantParamsOf, ReadsThemForEachChannel) {
  const auto found = params({0, -2.55f, -1.28f}, {2.55f, 0, 1.27f});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->zero_point, (std::vector<std::uint8_t>{0, 255, 128}));
  EXPECT_EQ(found->zero_point_of(1), 255);
  EXPECT_TRUE(found->per_channel());
}

// As NumPy broadcasts them: [C,1,1] are the limits of the channels of [N,C,H,W] as [1,C,1,1] are.
TEST(QuantParamsOf, TakesLimitsOfFewerAxes) {
  const Tensor low = Tensor::of<float>({3, 1, 1}, std::vector<float>{0, -2.55f, -1.28f}),
               high = Tensor::of<float>({3, 1, 1}, std::vector<float>{2.55f, 0, 1.27f});
  const auto found = quant_params_of({256}, kData, low, high, low, high);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->zero_point, (std::vector<std::uint8_t>{0, 255, 128}));
}

TEST(QuantParamsOf, KeepsZeroExact) {
  EXPECT_TRUE(rc::check([] {
    const int zero_point = *rc::gen::resize(100, rc::gen::inRange(0, 256));
    const double scale = *rc::gen::resize(100, rc::gen::inRange(1, 100000)) * 1e-4;
    const auto found = params({static_cast<float>(-zero_point * scale)}, {static_cast<float>((255 - zero_point) * scale)});
    RC_ASSERT(found.ok());
    RC_ASSERT(found->zero_point[0] == zero_point);
  }));
}

TEST(QuantParamsOf, RefusesOtherLevels) {
  EXPECT_FALSE(params({-1}, {1.55f}, 255));
  EXPECT_FALSE(params({-1}, {1.55f}, 16));
}

TEST(QuantParamsOf, RefusesAScaleThatHasNoInverse) { EXPECT_FALSE(params({0}, {1e-37f})); }

TEST(QuantParamsOf, RefusesAZeroPointBetweenSteps) { EXPECT_FALSE(params({-1}, {1})); }

TEST(QuantParamsOf, RefusesLimitsWithoutZero) {
  EXPECT_FALSE(params({1}, {2}));
  EXPECT_FALSE(params({-2}, {-1}));
}

TEST(QuantParamsOf, RefusesLimitsThatAreNoRange) {
  EXPECT_FALSE(params({0}, {0}));
  EXPECT_FALSE(params({1}, {-1}));
  EXPECT_FALSE(params({0}, {std::numeric_limits<float>::infinity()}));
  EXPECT_FALSE(params({std::numeric_limits<float>::quiet_NaN()}, {1}));
}

TEST(QuantParamsOf, RefusesAnOutputRangeOfItsOwn) {
  EXPECT_FALSE(quant_params_of({256}, kData, limits({0}), limits({2.55f}), limits({0}), limits({5.1f})));
}

TEST(QuantParamsOf, RefusesLimitsAlongAnotherAxis) {
  const Tensor low = Tensor::of<float>({1, 1, 4, 1}, std::vector<float>(4, 0.0f)),
               high = Tensor::of<float>({1, 1, 4, 1}, std::vector<float>(4, 2.55f));
  EXPECT_FALSE(quant_params_of({256}, kData, low, high, low, high));
}

TEST(QuantParamsOf, RefusesMixedForms) {
  const Tensor low = limits({0}), high = limits({2.55f, 2.55f, 2.55f});
  EXPECT_FALSE(quant_params_of({256}, kData, low, high, low, high));
}

}  // namespace
}  // namespace octet
