#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "graph/evaluate.h"
#include "graph/graph.h"

namespace octet {
namespace {

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

// An input of infer_types: a shape, or a constant.
struct Input {
  Input(std::initializer_list<std::int64_t> shape) : type{ElementType::kF32, shape} {}
  Input(ElementType element, Shape shape) : type{element, std::move(shape)} {}
  Input(Tensor tensor) : type{tensor.type(), tensor.shape()}, value(std::move(tensor)) {}

  TensorType type;
  std::optional<Tensor> value;
};

Input list(std::vector<std::int64_t> values) { return Tensor::of({static_cast<std::int64_t>(values.size())}, values); }
Input one(std::int64_t value) { return Tensor::scalar(value); }

Result<std::vector<TensorType>> infer(const Op& op, const std::vector<Input>& inputs) {
  std::vector<TensorType> types;
  std::vector<const Tensor*> constants;
  for (const Input& input : inputs) {
    types.push_back(input.type);
    constants.push_back(input.value ? &*input.value : nullptr);
  }
  return infer_types(op, types, constants);
}

std::string shape_of(const Op& op, const std::vector<Input>& inputs) {
  const auto outputs = infer(op, inputs);
  if (!outputs.ok()) return outputs.error().message;
  std::string text;
  for (const TensorType& output : *outputs) text += to_string(output.shape);
  return text;
}

std::string error_of(const Op& op, const std::vector<Input>& inputs) {
  const auto outputs = infer(op, inputs);
  return outputs.ok() ? "no error" : outputs.error().message;
}

TEST(InferTypes, CountsInputs) {
  EXPECT_EQ(error_of(Unary{}, {}), "ReLU: has 0 inputs, expected 1");
  EXPECT_EQ(error_of(Binary{}, {{1}, {1}, {1}}), "Add: has 3 inputs, expected 2");
  EXPECT_EQ(error_of(Concat{}, {}), "Concat: has 0 inputs, expected at least 1");
}

TEST(InferConvolution, SlidesTheWindow) {
  EXPECT_EQ(shape_of(Convolution{}, {{2, 3, 8, 9}, {4, 3, 3, 3}}), "[2,4,6,7]");
  EXPECT_EQ(shape_of(Convolution{{2, 2}, {1, 1}, {{0, 0}, {1, 1}}}, {{1, 3, 300, 300}, {32, 3, 3, 3}}), "[1,32,150,150]");
  EXPECT_EQ(shape_of(Convolution{{1, 1}, {2, 3}, {}}, {{1, 1, 8, 8}, {1, 1, 3, 2}}), "[1,1,4,5]");
  EXPECT_EQ(shape_of(GroupConvolution{}, {{1, 6, 5, 5}, {3, 4, 2, 1, 1}}), "[1,12,5,5]");
}

TEST(InferConvolution, NamesWhatDoesNotFit) {
  EXPECT_EQ(error_of(Convolution{}, {{1, 4, 8, 8}, {8, 3, 3, 3}}), "Convolution: weights [8,3,3,3] expect 3 channels, data has 4");
  EXPECT_EQ(error_of(GroupConvolution{}, {{1, 4, 8, 8}, {3, 1, 1, 3, 3}}),
            "GroupConvolution: weights [3,1,1,3,3] expect 3 channels, data has 4");
  EXPECT_EQ(error_of(Convolution{}, {{1, 3, 2, 2}, {8, 3, 3, 3}}),
            "Convolution: kernel [3,3] with dilations [1,1] is larger than the padded input of [1,3,2,2]");
  EXPECT_EQ(error_of(Convolution{}, {{3, 2, 2}, {8, 3, 3, 3}}), "Convolution: data has shape [3,2,2], expected rank 4");
  EXPECT_EQ(error_of(Convolution{}, {{1, 3, 8, 8}, {ElementType::kI8, {8, 3, 3, 3}}}), "Convolution: convolution mixes f32 and i8");
}

TEST(InferConvolution, SurvivesHostileAttributes) {
  const std::vector<Input> inputs{{1, 3, 8, 8}, {8, 3, 3, 3}};
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, kHuge, std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_FALSE(infer(Convolution{{value, 1}, {1, 1}, {}}, inputs).ok()) << value;
    EXPECT_FALSE(infer(Convolution{{1, 1}, {1, value}, {}}, inputs).ok()) << value;
    EXPECT_EQ(infer(Convolution{{1, 1}, {1, 1}, {{0, value}, {0, 0}}}, inputs).ok(), value == 0) << value;
    EXPECT_FALSE(infer(MaxPool{{1, value}}, {{1, 3, 8, 8}}).ok()) << value;
  }
  EXPECT_FALSE(infer(Convolution{{1, 1}, {1, 1}, {{1 << 24, 1 << 24}, {1 << 24, 1 << 24}}}, inputs).ok()) << "2^50 results";
  EXPECT_FALSE(infer(Convolution{}, {{1, 3, 8, 8}, {8, 3, 0, 3}}).ok()) << "an empty kernel";
}

TEST(InferPool, RoundsAsAsked) {
  EXPECT_EQ(shape_of(MaxPool{{2, 2}, {2, 2}}, {{1, 3, 5, 5}}), "[1,3,2,2]");
  EXPECT_EQ(shape_of(MaxPool{{2, 2}, {2, 2}, {1, 1}, {}, Rounding::kCeil}, {{1, 3, 5, 5}}), "[1,3,3,3]");
  EXPECT_EQ(shape_of(AvgPool{{3, 3}, {1, 1}, {{1, 1}, {1, 1}}}, {{1, 3, 5, 5}}), "[1,3,5,5]");
  EXPECT_EQ(error_of(MaxPool{{2, 2}, {2, 2}, {1, 1}, {{2, 0}, {0, 0}}}, {{1, 3, 5, 5}}),
            "MaxPool: padding [2,0] to [0,0] holds the whole kernel [2,2]");
}

TEST(InferMatMul, MultipliesStacksAndLists) {
  EXPECT_EQ(shape_of(MatMul{}, {{2, 3, 4}, {4, 5}}), "[2,3,5]");
  EXPECT_EQ(shape_of(MatMul{true, true}, {{4, 3}, {5, 4}}), "[3,5]");
  EXPECT_EQ(shape_of(MatMul{}, {{4}, {4, 5}}), "[5]");
  EXPECT_EQ(shape_of(MatMul{}, {{3, 4}, {4}}), "[3]");
  EXPECT_EQ(shape_of(MatMul{}, {{4}, {4}}), "[]");
  EXPECT_EQ(error_of(MatMul{}, {{3, 4}, {5, 6}}), "MatMul: shapes [3,4] and [5,6] do not multiply");
  EXPECT_EQ(error_of(MatMul{}, {Input(ElementType::kF32, {}), {5, 6}}), "MatMul: a factor is a scalar");
}

TEST(InferArithmetic, ChecksTypesAndShapes) {
  EXPECT_EQ(shape_of(Binary{}, {{2, 1}, {3}}), "[2,3]");
  EXPECT_EQ(error_of(Binary{}, {{2}, {3}}), "Add: shapes [2] and [3] do not broadcast");
  EXPECT_EQ(error_of(Binary{}, {{2}, {ElementType::kI64, {2}}}), "Add: arithmetic mixes f32 and i64");
  EXPECT_EQ(error_of(Unary{UnaryKind::kExp}, {{ElementType::kI64, {2}}}), "Exp: function of i64 (only of f32, f16, f64)");
  EXPECT_FALSE(infer(Clamp{1, 0}, {{2}}).ok());
  EXPECT_EQ(shape_of(PRelu{}, {{1, 3, 2, 2}, {3}}), "[1,3,2,2]");
  EXPECT_EQ(error_of(PRelu{}, {{1, 3, 2, 2}, {4}}), "PReLU: shapes [1,3,2,2] and [4] do not broadcast");
  EXPECT_EQ(error_of(PRelu{}, {{1, 3}, {2, 1, 3}}), "PReLU: slope [2,1,3] does not fit data [1,3]");
  EXPECT_EQ(shape_of(HardSigmoid{}, {{1, 3, 2, 2}, {1}, {1, 1}}), "[1,3,2,2]");
  EXPECT_EQ(error_of(HardSigmoid{}, {{1, 3, 2, 2}, {1}, {3}}), "HardSigmoid: beta has shape [3], expected one number");
  EXPECT_EQ(error_of(SoftMax{4}, {{1, 2}}), "SoftMax: axis 4 of a tensor of rank 2");
}

TEST(InferConcat, AddsUpOneAxis) {
  EXPECT_EQ(shape_of(Concat{-1}, {{2, 3}, {2, 4}}), "[2,7]");
  EXPECT_EQ(error_of(Concat{1}, {{2, 3}, {3, 4}}), "Concat: shapes [2,3] and [3,4] do not join along axis 1");
  EXPECT_EQ(error_of(Concat{0}, {Input(ElementType::kF32, {})}), "Concat: axis 0 of a tensor of rank 0");
}

TEST(InferSplit, DividesAnAxis) {
  EXPECT_EQ(shape_of(Split{2}, {{1, 6}, one(1)}), "[1,3][1,3]");
  EXPECT_EQ(error_of(Split{4}, {{1, 6}, one(-1)}), "Split: 6 along axis 1 do not split into 4 equal parts");
  EXPECT_FALSE(infer(Split{0}, {{1, 6}, one(1)}).ok());
  EXPECT_FALSE(infer(Split{kHuge}, {{1, 0}, one(1)}).ok());
  EXPECT_EQ(shape_of(VariadicSplit{}, {{6, 2}, one(0), list({1, -1, 2})}), "[1,2][3,2][2,2]");
  EXPECT_EQ(error_of(VariadicSplit{}, {{6}, one(0), list({4, 4})}), "VariadicSplit: lengths do not add up to 6 along axis 0");
  EXPECT_FALSE(infer(VariadicSplit{}, {{6}, one(0), list({-1, -1})}).ok());
  EXPECT_FALSE(infer(VariadicSplit{}, {{6}, one(0), list({kHuge})}).ok());
  EXPECT_EQ(error_of(Split{kMaxElements}, {{1, kMaxElements}, one(1)}), "Split: a split into 2147483648 parts; at most 4096 are supported");
  EXPECT_EQ(error_of(VariadicSplit{}, {{1, 5000}, one(1), list(std::vector<std::int64_t>(5000, 1))}),
            "VariadicSplit: a split into 5000 parts; at most 4096 are supported");
}

TEST(InferStridedSlice, RefusesWhatMakesNoSense) {
  EXPECT_EQ(error_of(StridedSlice{}, {{4}, list({0}), list({4}), list({0})}), "StridedSlice: a stride is 0");
  EXPECT_EQ(error_of(StridedSlice{}, {{4}, list({0, 0}), list({4, 4})}), "StridedSlice: more entries than axes in data [4]");
  EXPECT_FALSE(infer(StridedSlice{}, {{4}, list({0}), list({4, 4})}).ok());
  EXPECT_FALSE(infer(StridedSlice{{}, {}, {}, {1}, {}}, {{4}, list({4}), list({5})}).ok()) << "index outside";
  EXPECT_FALSE(infer(StridedSlice{{}, {}, {}, {}, {1, 1}}, {{4}, list({0, 0}), list({0, 0})}).ok()) << "two ellipses";
  EXPECT_EQ(shape_of(StridedSlice{}, {{4}, list({1 - kHuge}), list({kHuge}), list({kHuge})}), "[1]");
  EXPECT_EQ(shape_of(StridedSlice{}, {{4}, list({kHuge}), list({-kHuge}), list({-kHuge - 1})}), "[1]");
  EXPECT_EQ(shape_of(StridedSlice{}, {{4}, list({3}), list({1})}), "[0]");
  EXPECT_EQ(error_of(StridedSlice{}, {{4}, {ElementType::kI64, {1}}, list({1})}),
            "StridedSlice: begin is computed; only a constant is supported");
}

TEST(InferReshape, FillsTheOpenSize) {
  EXPECT_EQ(shape_of(Reshape{}, {{2, 3, 4}, list({4, -1})}), "[4,6]");
  EXPECT_EQ(shape_of(Reshape{true}, {{2, 3, 4}, list({0, -1})}), "[2,12]");
  EXPECT_EQ(error_of(Reshape{}, {{2, 3}, list({4, -1})}), "Reshape: data [2,3] does not reshape to [4,-1]");
  EXPECT_FALSE(infer(Reshape{}, {{2, 3}, list({-1, -1})}).ok());
  EXPECT_FALSE(infer(Reshape{}, {{0, 3}, list({0, -1})}).ok()) << "0 times anything";
  EXPECT_FALSE(infer(Reshape{true}, {{2, 3}, list({2, 3, 0})}).ok());
  EXPECT_FALSE(infer(Reshape{}, {{2, 3}, list({-2, -3})}).ok());
  EXPECT_FALSE(infer(Reshape{}, {{2, 3}, list({kHuge, kHuge})}).ok());
}

TEST(InferMovers, CheckAxes) {
  EXPECT_EQ(shape_of(Transpose{}, {{2, 3, 4}, list({2, 0, 1})}), "[4,2,3]");
  EXPECT_EQ(shape_of(Transpose{}, {{2, 3}, list({})}), "[3,2]");
  EXPECT_EQ(error_of(Transpose{}, {{2, 3}, list({0, 0})}), "Transpose: order [0,0] is no permutation of the axes of [2,3]");
  EXPECT_EQ(shape_of(Squeeze{}, {{1, 3, 1}, list({-1})}), "[1,3]");
  EXPECT_EQ(shape_of(Squeeze{}, {{1, 3, 1}}), "[3]");
  EXPECT_EQ(error_of(Squeeze{}, {{1, 3}, list({1})}), "Squeeze: axis 1 of [1,3] is not 1");
  EXPECT_EQ(shape_of(Unsqueeze{}, {{2, 3}, list({0, -1})}), "[1,2,3,1]");
  EXPECT_EQ(error_of(Unsqueeze{}, {{2, 3}, list({0, -4})}), "Unsqueeze: an axis is named twice");
  EXPECT_EQ(shape_of(Gather{}, {{2, 3, 4}, list({0, -1, 1, 1, 2}), one(1)}), "[2,5,4]");
  EXPECT_EQ(error_of(Gather{}, {{2, 3}, list({3}), one(1)}), "Gather: index 3 of an axis of 3");
  EXPECT_EQ(shape_of(Pad{}, {{2, 3}, list({1, 0}), list({0, 2})}), "[3,5]");
  EXPECT_FALSE(infer(Pad{}, {{2, 3}, list({kHuge, 0}), list({0, 2})}).ok());
  EXPECT_EQ(shape_of(ShapeOf{}, {{2, 3, 4}}), "[3]");
  EXPECT_EQ(shape_of(Reduce{}, {{2, 3, 4}, list({1, 2})}), "[2,1,1]");
  EXPECT_EQ(shape_of(Reduce{ReduceKind::kMean, false}, {{2, 3, 4}, list({0, 2})}), "[3]");
  EXPECT_EQ(shape_of(ReorgYolo{2}, {{1, 8, 4, 6}}), "[1,32,2,3]");
  EXPECT_FALSE(infer(ReorgYolo{0}, {{1, 8, 4, 6}}).ok());
  EXPECT_FALSE(infer(ReorgYolo{kHuge}, {{1, 8, 4, 6}}).ok());
}

TEST(InferInterpolate, TakesPositiveSizes) {
  EXPECT_EQ(shape_of(Interpolate{}, {{1, 2, 4, 5}, list({8, 10})}), "[1,2,8,10]");
  EXPECT_FALSE(infer(Interpolate{}, {{1, 2, 4, 5}, list({8, 0})}).ok());
  EXPECT_FALSE(infer(Interpolate{}, {{1, 2, 0, 5}, list({8, 8})}).ok());
  EXPECT_FALSE(infer(Interpolate{}, {{1, 2, 4, 5}, list({kHuge, kHuge})}).ok());
}

TEST(InferDetection, ChecksThatInputsBelongTogether) {
  EXPECT_EQ(shape_of(DetectionOutput{}, {{2, 8}, {2, 6}, {1, 2, 8}}), "[1,1,200,7]");
  EXPECT_EQ(error_of(DetectionOutput{}, {{1, 8}, {1, 5}, {1, 2, 8}}),
            "DetectionOutput: box codes [1,8], scores [1,5] and priors [1,2,8] do not belong together");
  EXPECT_FALSE(infer(DetectionOutput{}, {{1, 0}, {1, 0}, {1, 2, 0}}).ok());
  EXPECT_EQ(shape_of(PriorBoxClustered{{1, 2, 3}, {1, 2, 3}, {}}, {list({19, 19}), list({300, 300})}), "[2,4332]");
  EXPECT_FALSE(infer(PriorBoxClustered{{1}, {1, 2}, {}}, {list({19, 19}), list({300, 300})}).ok());
  EXPECT_FALSE(infer(PriorBoxClustered{{1}, {1}, {}}, {list({kHuge, kHuge}), list({300, 300})}).ok());
  EXPECT_FALSE(infer(PriorBoxClustered{{1}, {1}, {}}, {list({1, 1}), list({0, 300})}).ok());
}

TEST(InferFakeQuantize, NeedsLevelsAndRangesThatFit) {
  EXPECT_EQ(shape_of(FakeQuantize{}, {{1, 2, 3, 3}, {1, 2, 1, 1}, {1, 2, 1, 1}, {1}, {1}}), "[1,2,3,3]");
  EXPECT_FALSE(infer(FakeQuantize{1}, {{1}, {1}, {1}, {1}, {1}}).ok());
  EXPECT_EQ(error_of(FakeQuantize{}, {{1, 2}, {1, 2}, {2, 2}, {1}, {1}}), "FakeQuantize: range [2,2] does not fit data [1,2]");
}

TEST(InferGather, RefusesConstantIndicesOutside) {
  EXPECT_EQ(error_of(Gather{}, {{2, 3}, list({3}), one(1)}), "Gather: index 3 of an axis of 3");
  EXPECT_EQ(error_of(GatherElements{1}, {{1, 3}, Tensor::of<std::int64_t>({1, 1}, {-4})}), "GatherElements: index -4 of an axis of 3");
  EXPECT_EQ(error_of(GatherNd{}, {{2, 3}, Tensor::of<std::int64_t>({1, 2}, {1, 3})}), "GatherND: index 3 of an axis of 3");
  EXPECT_EQ(error_of(ScatterNdUpdate{}, {{2}, Tensor::of<std::int64_t>({1, 1}, {2}), {1}}), "ScatterNDUpdate: index 2 of an axis of 2");
  EXPECT_EQ(error_of(ScatterElementsUpdate{}, {{2}, list({5}), {1}, one(0)}), "ScatterElementsUpdate: index 5 of an axis of 2");
}

TEST(InferGather, TakesBatchesAlong) {
  const Input indices(ElementType::kI64, {2, 5});
  EXPECT_EQ(shape_of(Gather{1}, {{2, 3, 4}, indices, one(2)}), "[2,3,5]");
  EXPECT_EQ(shape_of(Gather{1}, {{2, 3, 4}, indices, one(1)}), "[2,5,4]");
  EXPECT_EQ(error_of(Gather{1}, {{2, 3, 4}, indices, one(0)}), "Gather: batch_dims 1 reach behind axis 0");
  EXPECT_EQ(error_of(Gather{1}, {{3, 3, 4}, indices, one(2)}), "Gather: data [3,3,4] and indices [2,5] have different batches");
  EXPECT_EQ(shape_of(GatherNd{1}, {{2, 3, 4, 6}, Input(ElementType::kI32, {2, 7, 2})}), "[2,7,6]");
  EXPECT_EQ(error_of(GatherNd{2}, {{2, 3}, Input(ElementType::kI32, {2, 3})}), "GatherND: indices [2,3] have no axis of places");
}

TEST(InferTopK, NeedsAsManyElements) {
  EXPECT_EQ(shape_of(TopK{1}, {{2, 5, 3}, one(4)}), "[2,4,3][2,4,3]");
  EXPECT_EQ(error_of(TopK{1}, {{2, 5, 3}, one(6)}), "TopK: the best 6 of an axis of 5");
  EXPECT_EQ(error_of(TopK{1}, {{2, 5, 3}, one(-1)}), "TopK: the best -1 of an axis of 5");
  EXPECT_EQ(error_of(TopK{3}, {{2, 5, 3}, one(1)}), "TopK: axis 3 of a tensor of rank 3");
}

TEST(InferFill, BoundsWhatIsMade) {
  EXPECT_EQ(shape_of(Range{}, {one(3), one(-9), one(-4)}), "[3]");
  EXPECT_EQ(error_of(Range{}, {one(0), one(9), one(0)}), "Range: a step of 0");
  EXPECT_FALSE(infer(Range{}, {one(0), one(kHuge), one(1)}).ok());
  EXPECT_EQ(shape_of(Tile{}, {{2, 3}, list({2, 1, 2})}), "[2,2,6]");
  EXPECT_EQ(error_of(Tile{}, {{2, 3}, list({-1, 1})}), "Tile: repeats [-1,1]");
  EXPECT_FALSE(infer(Tile{}, {{2, 3}, list({kMaxElements, kMaxElements})}).ok());
  EXPECT_EQ(error_of(Broadcast{}, {{2, 3}, list({3})}), "Broadcast: data [2,3] does not broadcast to [3]");
  EXPECT_EQ(shape_of(Broadcast{true}, {{2, 3}, list({3})}), "[2,3]");
  EXPECT_EQ(shape_of(OneHot{0}, {Input(ElementType::kI64, {2}), one(3), one(1), one(0)}), "[3,2]");
  EXPECT_FALSE(infer(OneHot{}, {Input(ElementType::kI64, {2}), one(kHuge), one(1), one(0)}).ok());
}

TEST(InferLogic, ChecksTypes) {
  const Input flags(ElementType::kBoolean, {2, 1});
  EXPECT_EQ(shape_of(Select{}, {flags, {3}, {1}}), "[2,3]");
  EXPECT_EQ(error_of(Select{}, {{2}, {2}, {2}}), "Select: condition of f32, expected boolean");
  EXPECT_EQ(error_of(Select{}, {flags, {2}, one(1)}), "Select: choice mixes f32 and i64");
  EXPECT_EQ(error_of(Logical{}, {flags, {2}}), "LogicalAnd: logic of f32, expected boolean");
  EXPECT_EQ(error_of(Compare{}, {{2}, one(1)}), "Equal: comparison mixes f32 and i64");
  EXPECT_EQ(error_of(Unary{UnaryKind::kLogicalNot}, {{2}}), "LogicalNot: logic of f32");
}

TEST(InferConvolutionBackprop, GrowsTheImage) {
  EXPECT_EQ(shape_of(ConvolutionBackpropData{{2, 2}, {1, 1}, {{1, 1}, {1, 1}}, {1, 0}}, {{1, 3, 4, 5}, {3, 6, 3, 3}}), "[1,6,8,9]");
  EXPECT_EQ(shape_of(GroupConvolutionBackpropData{}, {{1, 6, 4, 4}, {3, 2, 4, 2, 2}}), "[1,12,5,5]");
  EXPECT_FALSE(infer(ConvolutionBackpropData{{2, 2}, {1, 1}, {}, {2, 0}}, {{1, 3, 4, 5}, {3, 6, 3, 3}}).ok());
  EXPECT_FALSE(infer(ConvolutionBackpropData{{1, 1}, {1, 1}, {{3, 0}, {3, 0}}}, {{1, 3, 4, 5}, {3, 6, 3, 3}}).ok()) << "nothing is left";
}

TEST(InferPad, BoundsWhatIsMirrored) {
  EXPECT_EQ(shape_of(Pad{Pad::Mode::kReflect}, {{3}, list({2}), list({2})}), "[7]");
  EXPECT_EQ(error_of(Pad{Pad::Mode::kReflect}, {{3}, list({3}), list({0})}), "Pad: pad of 3 for an axis of 3");
  EXPECT_EQ(error_of(Pad{Pad::Mode::kSymmetric}, {{3}, list({0}), list({4})}), "Pad: pad of 4 for an axis of 3");
  EXPECT_EQ(shape_of(Pad{Pad::Mode::kEdge}, {{3}, list({9}), list({9})}), "[21]");
}

// Small enough to compute in a test.
bool is_small(const std::vector<TensorType>& types) {
  return std::all_of(types.begin(), types.end(), [](const TensorType& type) { return element_count(type.shape) <= 4096; });
}

void compute(const Op& op, const std::vector<Input>& inputs, const std::vector<TensorType>& outputs) {
  std::vector<Tensor> values;
  for (const Input& input : inputs) values.push_back(input.value ? *input.value : Tensor(input.type.element, input.type.shape));
  const auto results = evaluate(op, values, outputs);
  RC_ASSERT(results.size() == outputs.size());
  for (std::size_t i = 0; i < results.size(); ++i) RC_ASSERT((TensorType{results[i].type(), results[i].shape()}) == outputs[i]);
}

// Whatever a file says, the answer is an error or shapes that validate_shape accepts and evaluate() keeps to.
TEST(InferTypes, IsTotalOnArbitraryNumbers) {
  const auto number = rc::gen::oneOf(rc::gen::inRange<std::int64_t>(-3, 9), rc::gen::arbitrary<std::int64_t>(),
                                     rc::gen::elementOf(std::vector<std::int64_t>{kHuge, -kHuge - 1, 1 << 24, kMaxElements}));
  EXPECT_TRUE(rc::check([&] {
    const auto numbers = *rc::gen::container<std::vector<std::int64_t>>(12, number);
    const auto values = *rc::gen::container<std::vector<std::int64_t>>(number);
    const auto shape = *rc::gen::container<Shape>(rc::gen::inRange<std::int64_t>(0, 6));
    const Spatial a{numbers[0], numbers[1]}, b{numbers[2], numbers[3]}, c{numbers[4], numbers[5]};
    const Pads pads{{numbers[6], numbers[7]}, {numbers[8], numbers[9]}};
    const auto mask = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 2));
    const Op ops[] = {Convolution{a, b, pads},
                      GroupConvolution{a, b, pads},
                      MaxPool{a, b, c, pads, Rounding::kCeil},
                      AvgPool{a, b, pads, true, Rounding::kFloor},
                      Concat{numbers[0]},
                      VariadicSplit{},
                      Split{numbers[0]},
                      StridedSlice{mask, values, mask, values, mask},
                      Reshape{true},
                      Reshape{false},
                      Transpose{},
                      Squeeze{},
                      Unsqueeze{},
                      Interpolate{},
                      ReorgYolo{numbers[0]},
                      Reduce{},
                      Pad{},
                      Gather{},
                      MatMul{true, false},
                      SoftMax{numbers[0]},
                      PriorBoxClustered{{1}, {1}, {}},
                      DetectionOutput{0, -1, numbers[0]},
                      ConvolutionBackpropData{a, b, pads, c},
                      GroupConvolutionBackpropData{a, b, pads, c},
                      Reduce{ReduceKind::kProd, false},
                      CumSum{true, true},
                      Mvn{},
                      TopK{numbers[0]},
                      Pad{Pad::Mode::kReflect},
                      Pad{Pad::Mode::kSymmetric},
                      Pad{Pad::Mode::kEdge},
                      Range{},
                      Tile{},
                      Broadcast{},
                      Broadcast{true},
                      OneHot{numbers[0]},
                      Gather{numbers[0]},
                      GatherElements{numbers[0]},
                      GatherNd{numbers[0]},
                      ScatterElementsUpdate{},
                      ScatterNdUpdate{},
                      GridSample{},
                      DepthToSpace{DepthToSpace::Mode::kDepthFirst, numbers[0]},
                      SpaceToDepth{DepthToSpace::Mode::kBlocksFirst, numbers[0]},
                      Select{},
                      PRelu{},
                      HardSigmoid{}};
    const std::vector<Input> inputs{Input(ElementType::kF32, shape), list(values), list(numbers), list({numbers[0]})};
    for (const Op& op : ops)
      for (std::size_t count = 1; count <= inputs.size(); ++count) {
        const std::vector<Input> given(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(count));
        const auto outputs = infer(op, given);
        if (!outputs.ok()) continue;
        for (const TensorType& output : *outputs) RC_ASSERT(validate_shape(output.shape).ok());
        if (is_small(*outputs)) compute(op, given, *outputs);
      }
  }));
}

}  // namespace
}  // namespace octet
