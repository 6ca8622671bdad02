#include "quant/pixel_range.h"

#include <gtest/gtest.h>

namespace octet::quant {
namespace {

class PixelRangeOf : public testing::Test {
 protected:
  Graph graph;
  Value input = graph.emit(Parameter{ElementType::kF32, {1, 3, 4, 4}}, {}, "image");

  Value apply(BinaryKind kind, Value data, const Shape& shape, const std::vector<float>& values) {
    return graph.emit(Binary{kind}, {data, graph.emit_constant(Tensor::of<float>(shape, values))});
  }
};

TEST_F(PixelRangeOf, InputIsThatOfBytes) {
  const auto range = pixel_range(graph, input);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->low, std::vector<double>{0});
  EXPECT_EQ(range->high, std::vector<double>{255});
}

TEST_F(PixelRangeOf, ScaleAndShiftFollowsBoth) {
  const Value scaled = apply(BinaryKind::kMultiply, input, {1, 3, 1, 1}, {1, -2, 4});
  const auto range = pixel_range(graph, apply(BinaryKind::kSubtract, scaled, {}, {10}));
  ASSERT_TRUE(range);
  EXPECT_EQ(range->low, (std::vector<double>{-10, -520, -10}));
  EXPECT_EQ(range->high, (std::vector<double>{245, -10, 1010}));
}

TEST_F(PixelRangeOf, ConstantAlongAnotherAxisIsNotKnown) {
  EXPECT_FALSE(pixel_range(graph, apply(BinaryKind::kMultiply, input, {1, 1, 1, 4}, {1, 2, 3, 4})));
}

TEST_F(PixelRangeOf, InfiniteEndIsNotKnown) { EXPECT_FALSE(pixel_range(graph, apply(BinaryKind::kDivide, input, {}, {0}))); }

TEST_F(PixelRangeOf, ConvolvedValueIsNotKnown) {
  const Value weights = graph.emit_constant(Tensor(ElementType::kF32, {2, 3, 1, 1}));
  EXPECT_FALSE(pixel_range(graph, graph.emit(Convolution{}, {input, weights})));
}

TEST_F(PixelRangeOf, ChainOfAnyLengthNeedsNoStack) {
  Value value = input;
  const Value one = graph.emit_constant(Tensor::scalar(1.0f));
  for (int i = 0; i < 100000; ++i) value = graph.emit(Binary{BinaryKind::kMultiply}, {value, one});
  const auto range = pixel_range(graph, value);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->high, std::vector<double>{255});
}

}  // namespace
}  // namespace octet::quant
