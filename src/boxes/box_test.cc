#include "boxes/box.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace octet {
namespace {

BoxXyxy any_box() {
  const auto corner = [] { return static_cast<float>(*rc::gen::inRange(-50, 150)); };
  const auto size = [] { return static_cast<float>(*rc::gen::inRange(0, 100)); };
  const float x = corner(), y = corner();
  return {x, y, x + size(), y + size()};
}

TEST(Iou, OfHalfOverlappingSquaresIsAThird) {
  EXPECT_FLOAT_EQ(iou(BoxXyxy{0, 0, 10, 10}, BoxXyxy{5, 0, 15, 10}), 1.0f / 3);
  EXPECT_DOUBLE_EQ(iou(BoxLtwh{0, 0, 10, 10}, BoxLtwh{5, 0, 10, 10}), 1.0 / 3);
}

TEST(Iou, OfBoxesThatTouchIsZero) { EXPECT_EQ(iou(BoxXyxy{0, 0, 10, 10}, BoxXyxy{10, 0, 20, 10}), 0); }

TEST(Iou, OfEmptyBoxesIsZeroAndNotNan) {
  EXPECT_EQ(iou(BoxXyxy{3, 3, 3, 3}, BoxXyxy{3, 3, 3, 3}), 0);
  EXPECT_EQ(iou(BoxLtwh{3, 3, 0, 0}, BoxLtwh{3, 3, 0, 0}), 0);
}

TEST(Iou, CountsNoAreaForABoxTurnedInsideOut) { EXPECT_EQ(iou(BoxXyxy{10, 10, 0, 0}, BoxXyxy{0, 0, 10, 10}), 0); }

RC_GTEST_PROP(Iou, IsSymmetricAndAtMostOne, ()) {
  const BoxXyxy a = any_box(), b = any_box();
  RC_ASSERT(iou(a, b) == iou(b, a));
  RC_ASSERT(iou(a, b) >= 0 && iou(a, b) <= 1);
}

RC_GTEST_PROP(Iou, IsTheSameInBothForms, ()) {
  const BoxXyxy a = any_box(), b = any_box();
  RC_ASSERT(std::abs(iou(a, b) - iou(ltwh_from_xyxy(a), ltwh_from_xyxy(b))) < 1e-6);
}

RC_GTEST_PROP(BoxForms, ComeBackUnchanged, ()) {
  const BoxXyxy box = any_box();
  RC_ASSERT(xyxy_from_ltwh(ltwh_from_xyxy(box)) == box);
}

TEST(Clip, CutsAtTheBorder) { EXPECT_EQ(clip({-5, 2, 50, 12}, 40, 10), (BoxXyxy{0, 2, 40, 10})); }

TEST(Clip, MakesABoxOutsideEmpty) { EXPECT_EQ(clip({50, 20, 60, 30}, 40, 10), (BoxXyxy{40, 10, 40, 10})); }

}  // namespace
}  // namespace octet
