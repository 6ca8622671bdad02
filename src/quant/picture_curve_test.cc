#include "quant/picture_curve.h"

#include <gtest/gtest.h>

namespace octet::quant {
namespace {

RangeObserver seen(float low, float high) {
  RangeObserver observer;
  observer.add(ChannelStatistics{{low}, {high}, {0}});
  return observer;
}

TEST(PictureCurve, MeasuresTheMeanDistanceOfBothEnds) {
  const Value first{NodeId{1}, 0}, second{NodeId{2}, 0};
  QuantizationPlan plan;
  plan.points.resize(3);
  plan.points[0].value = first;
  plan.points[1].value = second;
  plan.points[2].per_channel = true;
  PictureCurve curve(plan, 0.5);
  EXPECT_TRUE(curve.points().empty());
  EXPECT_EQ(curve.last_distance(), 1);
  curve.add(4, {{first, seen(0, 8)}, {second, seen(-2, 2)}});
  EXPECT_EQ(curve.last_distance(), 1);
  curve.add(8, {{first, seen(0, 10)}, {second, seen(-1, 3)}});
  // 2 of 10, and 1 and 1 of 4.
  EXPECT_DOUBLE_EQ(curve.last_distance(), (0.2 + 0.5) / 2);
  ASSERT_EQ(curve.points().size(), 2U);
  EXPECT_EQ(curve.points()[0].images, 4);
  EXPECT_DOUBLE_EQ(curve.points()[0].distance, curve.last_distance());
  EXPECT_EQ(curve.points()[1].distance, 0);
}

}  // namespace
}  // namespace octet::quant
