#include "tensor/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace octet {
namespace {

TEST(Half, EveryNumberSurvivesTheWayThroughFloat) {
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    const float value = float_from_half(static_cast<std::uint16_t>(half));
    if (std::isnan(value)) continue;
    ASSERT_EQ(half_from_float(value), half);
  }
}

TEST(Half, WidensKnownValues) {
  EXPECT_EQ(float_from_half(0x3c00), 1.0f);
  EXPECT_EQ(float_from_half(0xc000), -2.0f);
  EXPECT_EQ(float_from_half(0x7bff), 65504.0f);
  EXPECT_EQ(float_from_half(0x0001), 0x1p-24f);
  EXPECT_EQ(float_from_half(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::signbit(float_from_half(0x8000)));
}

TEST(Half, KeepsNanAndItsSign) {
  EXPECT_TRUE(std::isnan(float_from_half(0x7e01)));
  EXPECT_TRUE(std::isnan(float_from_half(half_from_float(std::nanf("")))));
}

TEST(Half, RoundsTiesToEven) {
  EXPECT_EQ(half_from_float(1.0f + 0x1p-11f), 0x3c00);      // between 1 and its neighbour
  EXPECT_EQ(half_from_float(1.0f + 3 * 0x1p-11f), 0x3c02);  // the upper neighbour is even
  EXPECT_EQ(half_from_float(1.0f + 0x1p-11f + 0x1p-20f), 0x3c01);
  EXPECT_EQ(half_from_float(0x1p-25f), 0x0000);  // half the smallest
  EXPECT_EQ(half_from_float(3 * 0x1p-25f), 0x0002);
  EXPECT_EQ(half_from_float(2047 * 0x1p-25f), 0x0400);  // carries into the first normal number
}

TEST(Half, OverflowsToInfinityFromTheMidpoint) {
  EXPECT_EQ(half_from_float(65519.996f), 0x7bff);
  EXPECT_EQ(half_from_float(65520.0f), 0x7c00);
  EXPECT_EQ(half_from_float(-1e30f), 0xfc00);
  EXPECT_EQ(half_from_float(std::numeric_limits<float>::infinity()), 0x7c00);
}

}  // namespace
}  // namespace octet
