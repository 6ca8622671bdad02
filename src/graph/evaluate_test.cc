#include "graph/evaluate.h"

#include <gtest/gtest.h>

#include <limits>

namespace octet {
namespace {

Tensor ints(Shape shape, std::vector<std::int64_t> values) { return Tensor::of(std::move(shape), values); }
Tensor list(std::vector<std::int64_t> values) { return ints({static_cast<std::int64_t>(values.size())}, values); }

std::vector<Tensor> run(const Op& op, const std::vector<Tensor>& inputs) {
  std::vector<TensorType> types;
  std::vector<const Tensor*> constants;
  for (const Tensor& input : inputs) {
    types.push_back({input.type(), input.shape()});
    constants.push_back(&input);
  }
  const auto outputs = infer_types(op, types, constants);
  EXPECT_TRUE(outputs.ok()) << outputs.error().message;
  return evaluate(op, inputs, *outputs);
}

std::vector<std::int64_t> result(const Op& op, const std::vector<Tensor>& inputs) { return to_vector<std::int64_t>(run(op, inputs)[0]); }

using Values = std::vector<std::int64_t>;

class MovesEveryType : public testing::TestWithParam<int> {};

TEST_P(MovesEveryType, WithoutTouchingValues) {
  const auto type = static_cast<ElementType>(GetParam());
  const Tensor data = converted(ints({2, 3}, {0, 1, 0, 1, 1, 0}), type);
  EXPECT_EQ(result(Reshape{}, {data, list({3, 2})}), (Values{0, 1, 0, 1, 1, 0}));
  EXPECT_EQ(result(Transpose{}, {data, list({1, 0})}), (Values{0, 1, 1, 1, 0, 0}));
  EXPECT_EQ(result(Concat{1}, {data, data}), (Values{0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 0}));
  EXPECT_EQ(result(StridedSlice{}, {data, list({0, 1}), list({2, 3})}), (Values{1, 0, 1, 0}));
  EXPECT_EQ(result(Gather{}, {data, list({2, 0}), ints({}, {1})}), (Values{0, 0, 0, 1}));
  EXPECT_EQ(result(Pad{}, {data, list({0, 1}), list({0, 0})}), (Values{0, 0, 1, 0, 0, 1, 1, 0}));
  EXPECT_EQ(result(Convert{ElementType::kI64}, {data}), (Values{0, 1, 0, 1, 1, 0}));
  EXPECT_EQ(result(Unsqueeze{}, {data, list({0})}), (Values{0, 1, 0, 1, 1, 0}));
  const auto halves = run(Split{3}, {data, ints({}, {1})});
  ASSERT_EQ(halves.size(), 3u);
  EXPECT_EQ(halves[1].type(), type);
  EXPECT_EQ(to_vector<std::int64_t>(halves[1]), (Values{1, 1}));
}

INSTANTIATE_TEST_SUITE_P(ElementTypes, MovesEveryType, testing::Range(0, static_cast<int>(ElementType::kBoolean) + 1),
                         [](const auto& type) { return std::string(name_of(static_cast<ElementType>(type.param))); });

TEST(EvaluateIntegers, KeepsEveryBit) {
  const std::int64_t large = (std::int64_t{1} << 53) + 1;  // no double has this value
  EXPECT_EQ(result(Binary{BinaryKind::kAdd}, {list({large, -large}), list({0, 0})}), (Values{large, -large}));
  EXPECT_EQ(result(Binary{BinaryKind::kMultiply}, {list({large}), list({2})}), (Values{2 * large}));
  EXPECT_EQ(result(Binary{BinaryKind::kMaximum}, {list({large}), list({large - 1})}), (Values{large}));
}

TEST(EvaluateIntegers, DividesTowardMinusInfinityAndNeverTraps) {
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(result(Binary{BinaryKind::kDivide}, {list({7, -7, 7, -6, 1, kLowest}), list({2, 2, -2, 3, 0, -1})}),
            (Values{3, -4, -4, -2, 0, kLowest}));
}

TEST(EvaluateIntegers, TakesPowersAndSigns) {
  EXPECT_EQ(result(Binary{BinaryKind::kPower}, {list({2, -3}), list({10, 3})}), (Values{1024, -27}));
  EXPECT_EQ(result(Unary{UnaryKind::kNegative}, {list({3, -4})}), (Values{-3, 4}));
  EXPECT_EQ(result(Unary{UnaryKind::kAbs}, {list({3, -4})}), (Values{3, 4}));
  EXPECT_EQ(result(Unary{UnaryKind::kRelu}, {list({3, -4})}), (Values{3, 0}));
  const Tensor small = converted(list({3, -40}), ElementType::kI32);
  EXPECT_EQ(run(Binary{BinaryKind::kMultiply}, {small, small})[0].type(), ElementType::kI32);
}

TEST(EvaluateConvolution, SumsByHand) {
  // A 2x2 image of 1..4 under a 2x2 kernel of 1, 10, 100, 1000, padded by one before each axis.
  const Tensor data = Tensor::of<float>({1, 1, 2, 2}, {1, 2, 3, 4}), weights = Tensor::of<float>({1, 1, 2, 2}, {1, 10, 100, 1000});
  EXPECT_EQ(result(Convolution{{1, 1}, {1, 1}, {{1, 1}, {0, 0}}}, {data, weights}), (Values{1000, 2100, 3010, 4321}));
}

TEST(EvaluateConvolution, TakesAPaddingWiderThanTheImage) {
  const Tensor data = Tensor::of<float>({1, 1, 1, 1}, {5}), weights = Tensor::of<float>({1, 1, 1, 1}, {2});
  EXPECT_EQ(result(Convolution{{2, 2}, {1, 1}, {{2, 2}, {2, 2}}}, {data, weights}), (Values{0, 0, 0, 0, 10, 0, 0, 0, 0}));
}

TEST(EvaluateGather, ReadsZeroOutside) {
  const Tensor data = list({7, 8});
  const std::vector<TensorType> outputs{{ElementType::kI64, {3}}};
  const Tensor inputs[] = {data, list({1, 5, -2}), ints({}, {0})};
  EXPECT_EQ(to_vector<std::int64_t>(evaluate(Gather{}, inputs, outputs)[0]), (Values{8, 0, 7}));
}

TEST(EvaluateGather, ReadsZeroAtComputedPlacesOutside) {
  const Tensor data = ints({2, 2}, {1, 2, 3, 4});
  const auto values = [&](const Op& op, const Tensor& indices, Shape shape) {
    const std::vector<TensorType> outputs{{ElementType::kI64, std::move(shape)}};
    return to_vector<std::int64_t>(evaluate(op, std::vector{data, indices}, outputs)[0]);
  };
  EXPECT_EQ(values(GatherElements{1}, ints({2, 1}, {2, -1}), {2, 1}), (Values{0, 4}));
  EXPECT_EQ(values(GatherNd{}, ints({2, 1}, {-3, 1}), {2, 2}), (Values{0, 0, 3, 4}));
}

TEST(EvaluateScatter, WritesNothingOutside) {
  const Tensor data = ints({3}, {1, 2, 3});
  const std::vector<TensorType> outputs{{ElementType::kI64, {3}}};
  const auto nd = evaluate(ScatterNdUpdate{}, std::vector{data, ints({2, 1}, {3, 0}), list({8, 9})}, outputs);
  EXPECT_EQ(to_vector<std::int64_t>(nd[0]), (Values{9, 2, 3}));
  const auto elements = evaluate(ScatterElementsUpdate{}, std::vector{data, list({-4, -1}), list({8, 9}), ints({}, {0})}, outputs);
  EXPECT_EQ(to_vector<std::int64_t>(elements[0]), (Values{1, 2, 9}));
}

TEST(EvaluateTopK, OrdersWhatIsNoNumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  const Tensor data = Tensor::of<float>({6}, {1, nan, infinity, -infinity, nan, 1});
  const auto indices = [&](TopK::Mode mode) {
    TopK op;
    op.mode = mode;
    return to_vector<std::int64_t>(run(op, {data, ints({}, {6})})[1]);
  };
  EXPECT_EQ(indices(TopK::Mode::kMax), (Values{1, 4, 2, 0, 5, 3}));
  EXPECT_EQ(indices(TopK::Mode::kMin), (Values{3, 0, 5, 2, 1, 4}));
}

TEST(EvaluateCompare, HoldsForNothingThatIsNoNumber) {
  const Tensor nan = Tensor::scalar(std::numeric_limits<float>::quiet_NaN());
  for (const CompareKind kind : {CompareKind::kEqual, CompareKind::kGreater, CompareKind::kGreaterEqual, CompareKind::kLess})
    EXPECT_EQ(result(Compare{kind}, {nan, nan}), Values{0});
  EXPECT_EQ(result(Compare{CompareKind::kNotEqual}, {nan, nan}), Values{1});
}

TEST(EvaluateIntegers, LeaveNothingOfADivisionByZero) {
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  const Tensor a = list({7, kLowest}), b = list({0, -1});
  EXPECT_EQ(result(Binary{BinaryKind::kMod}, {a, b}), (Values{0, 0}));
  EXPECT_EQ(result(Binary{BinaryKind::kFloorMod}, {a, b}), (Values{0, 0}));
}

TEST(EvaluateFakeQuantize, RoundsHalvesToEven) {
  const auto bound = [](float value) { return Tensor::of<float>({1}, {value}); };
  const Tensor data = Tensor::of<float>({5}, {0.5f, 1.5f, 2.5f, -1.0f, 99.0f});
  EXPECT_EQ(result(FakeQuantize{11}, {data, bound(0), bound(10), bound(0), bound(10)}), (Values{0, 2, 2, 0, 10}));
}

TEST(EvaluateShapeOf, TellsTheSizes) { EXPECT_EQ(result(ShapeOf{ElementType::kI32}, {Tensor(ElementType::kF32, {2, 5})}), (Values{2, 5})); }

TEST(Evaluate, TakesEmptyTensors) {
  const Tensor empty(ElementType::kF32, {0, 3});
  EXPECT_TRUE(result(Binary{}, {empty, empty}).empty());
  EXPECT_TRUE(result(Transpose{}, {empty, list({1, 0})}).empty());
  EXPECT_TRUE(result(Concat{0}, {empty, empty}).empty());
  EXPECT_TRUE(result(SoftMax{1}, {empty}).empty());
  EXPECT_TRUE(result(SoftMax{0}, {empty}).empty());
  EXPECT_TRUE(result(MatMul{}, {empty, Tensor(ElementType::kF32, {3, 2})}).empty());
}

}  // namespace
}  // namespace octet
