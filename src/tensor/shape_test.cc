#include "tensor/shape.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

TEST(Shape, CountsElements) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({2, 3, 4}), 24);
  EXPECT_EQ(element_count({2, 0, 4}), 0);
}

TEST(Shape, IsWrittenAsAList) {
  EXPECT_EQ(to_string(Shape{}), "[]");
  EXPECT_EQ(to_string(Shape{1, 3, 300, 300}), "[1,3,300,300]");
}

TEST(ValidateShape, RefusesNegativeAndHugeSizes) {
  EXPECT_TRUE(validate_shape({}).ok());
  EXPECT_TRUE(validate_shape({2, 0, 3}).ok());
  EXPECT_TRUE(validate_shape({kMaxElements}).ok());
  EXPECT_FALSE(validate_shape({-1}).ok());
  EXPECT_FALSE(validate_shape({kMaxElements + 1}).ok());
  EXPECT_FALSE(validate_shape({kMaxElements, 2}).ok());
  EXPECT_FALSE(validate_shape({std::int64_t{1} << 32, std::int64_t{1} << 32}).ok());
}

TEST(ValidateShape, SeesHugeSizesBehindAZero) {
  EXPECT_FALSE(validate_shape({0, kMaxElements, kMaxElements}).ok());
  EXPECT_FALSE(validate_shape({kMaxElements, kMaxElements, kMaxElements, 0}).ok());
}

TEST(ValidateShape, NamesTheShape) { EXPECT_EQ(validate_shape({2, -3}).error().message, "shape [2,-3] is negative or too large"); }

TEST(RowMajorStrides, CountElementsBetweenNeighbours) {
  EXPECT_EQ(row_major_strides({2, 3, 4}), (std::vector<std::int64_t>{12, 4, 1}));
  EXPECT_TRUE(row_major_strides({}).empty());
}

TEST(Broadcast, FollowsNumPy) {
  EXPECT_EQ(*broadcast({2, 1, 4}, {3, 1}), (Shape{2, 3, 4}));
  EXPECT_EQ(*broadcast({}, {2, 2}), (Shape{2, 2}));
  EXPECT_EQ(*broadcast({1}, {0}), (Shape{0}));
}

TEST(Broadcast, RefusesShapesThatDoNotFit) {
  const auto result = broadcast({2, 3}, {2});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(result.error().message, "shapes [2,3] and [2] do not broadcast");
}

}  // namespace
}  // namespace octet
