#include "graph/op_schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "graph/evaluate.h"
#include "graph/graph.h"

namespace octet {
namespace {

// An operation with its inputs, the first of which is the data: [1,4,2,2] of distinct values.
struct Sample {
  Op op;
  std::vector<Tensor> others;
};

Tensor list(std::vector<std::int64_t> values) { return Tensor::of<std::int64_t>({std::ssize(values)}, values); }
Tensor axis() { return Tensor::scalar<std::int64_t>(1); }
Tensor weights(Shape shape) { return Tensor::of<float>(shape, std::vector<float>(static_cast<std::size_t>(element_count(shape)), 0.5f)); }

const std::vector<float> kData{-4, 1, 2, -3, 5, 7, -6, 8, 9, -10, 11, 12, -13, 14, -15, 16};

// One of each operation that takes an image; what a trait says of the others is nothing.
std::vector<Sample> samples() {
  std::vector<Sample> all{
      {Convolution{}, {weights({2, 4, 1, 1})}},
      {GroupConvolution{}, {weights({4, 1, 1, 1, 1})}},
      {MatMul{}, {weights({2, 2})}},
      {Clamp{-1, 2}, {}},
      {PRelu{}, {weights({1})}},
      {HardSigmoid{}, {weights({1}), weights({1})}},
      {SoftMax{}, {}},
      {MaxPool{{2, 2}, {1, 1}, {1, 1}, {}, Rounding::kFloor}, {}},
      {AvgPool{{2, 2}, {1, 1}, {}, true, Rounding::kFloor}, {}},
      {Concat{}, {}},
      {VariadicSplit{}, {axis(), list({1, 3})}},
      {Split{2}, {axis()}},
      {StridedSlice{{0, 0}, {0, 0}, {}, {}, {}}, {list({0, 1}), list({1, 2})}},
      {Reshape{}, {list({4, 4})}},
      {Transpose{}, {list({0, 2, 3, 1})}},
      {Squeeze{}, {list({0})}},
      {Unsqueeze{}, {list({0})}},
      {Convert{ElementType::kF32}, {}},
      {Interpolate{}, {list({3, 3})}},
      {Interpolate{Interpolate::Mode::kLinear, {}, {}}, {list({3, 3})}},
      {FakeQuantize{}, {weights({1}), weights({1}), weights({1}), weights({1})}},
      {ReorgYolo{2}, {}},
      {ConvolutionBackpropData{}, {weights({4, 2, 1, 1})}},
      {GroupConvolutionBackpropData{}, {weights({4, 1, 1, 1, 1})}},
      {Elu{}, {}},
      {Mvn{}, {list({2, 3})}},
      {Reduce{}, {list({2, 3})}},
      {CumSum{}, {axis()}},
      {TopK{}, {axis()}},
      {Pad{}, {list({0, 0, 1, 1}), list({0, 0, 0, 0})}},
      {ShapeOf{}, {}},
      {Tile{}, {list({2, 1, 1, 1, 1})}},
      {Broadcast{}, {list({2, 1, 4, 2, 2})}},
      {Gather{}, {list({0}), axis()}},
      {GatherElements{}, {Tensor(ElementType::kI64, {1, 4, 2, 2})}},
      {GatherNd{}, {Tensor(ElementType::kI64, {2, 2})}},
      {ScatterElementsUpdate{}, {Tensor(ElementType::kI64, {1, 1, 1, 1}), weights({1, 1, 1, 1}), axis()}},
      {ScatterNdUpdate{}, {Tensor(ElementType::kI64, {1, 1}), weights({1, 4, 2, 2})}},
      {GridSample{}, {weights({1, 3, 3, 2})}},
      {DepthToSpace{DepthToSpace::Mode::kDepthFirst, 2}, {}},
      {SpaceToDepth{DepthToSpace::Mode::kDepthFirst, 2}, {}},
  };
  for (const Op& op : all_operations()) {
    if (std::holds_alternative<Binary>(op)) all.push_back({op, {weights({4, 1, 1})}});
    if (std::holds_alternative<Compare>(op)) all.push_back({op, {weights({4, 1, 1})}});
    if (std::holds_alternative<Unary>(op) && type_name(op) != "LogicalNot") all.push_back({op, {}});
  }
  return all;
}

std::vector<Tensor> outputs_of(const Sample& sample, const std::vector<float>& data) {
  Graph graph;
  std::vector<Tensor> inputs{Tensor::of<float>({1, 4, 2, 2}, data)};
  inputs.insert(inputs.end(), sample.others.begin(), sample.others.end());
  std::vector<Value> values;
  for (const Tensor& input : inputs) values.push_back(graph.emit_constant(input));
  return evaluate(sample.op, inputs, graph.node(graph.emit(sample.op, values)).outputs);
}

TEST(OpSchema, WhatOnlyMovesValuesMakesNoNewOne) {
  for (const Sample& sample : samples()) {
    if (!schema_of(sample.op).traits.only_moves_values) continue;
    for (const Tensor& output : outputs_of(sample, kData))
      for (const float value : output.values<float>()) EXPECT_EQ(std::count(kData.begin(), kData.end(), value), 1) << type_name(sample.op);
  }
}

TEST(OpSchema, WhatKeepsAxesGivesAnImage) {
  for (const Sample& sample : samples()) {
    if (!schema_of(sample.op).traits.keeps_axes) continue;
    for (const Tensor& output : outputs_of(sample, kData)) EXPECT_EQ(output.shape().size(), 4u) << type_name(sample.op);
  }
}

TEST(OpSchema, WhatKeepsChannelFactorsCommutesWithThem) {
  constexpr float kFactors[] = {2, 0.25f, 8, 1};
  std::vector<float> scaled = kData;
  for (std::size_t i = 0; i < scaled.size(); ++i) scaled[i] *= kFactors[i / 4];
  for (const Sample& sample : samples()) {
    if (!schema_of(sample.op).traits.keeps_channel_factors) continue;
    const Tensor plain = outputs_of(sample, kData)[0], after = outputs_of(sample, scaled)[0];
    const auto pixels = static_cast<std::size_t>(plain.size()) / 4;
    for (std::size_t i = 0; i < 4 * pixels; ++i)
      EXPECT_FLOAT_EQ(after.values<float>()[i], plain.values<float>()[i] * kFactors[i / pixels]) << type_name(sample.op);
  }
}

// A quantizer of known values would lose its levels; what a window costs its input and output do not tell.
TEST(OpSchema, WhatShapesAreComputedWithIsCheapAndNeitherQuantizersNorWindowsAre) {
  for (const char* name : {"Add", "Concat", "Convert", "Gather", "Range", "ReduceProd", "StridedSlice", "Unsqueeze"})
    EXPECT_TRUE(schema_of(*operation_named(name)).traits.is_cheap) << name;
  for (const char* name : {"FakeQuantize", "Convolution", "MatMul", "MaxPool", "AvgPool", "Interpolate", "GridSample", "DetectionOutput"})
    EXPECT_FALSE(schema_of(*operation_named(name)).traits.is_cheap) << name;
}

TEST(OperationNamed, TakesExactNamesOnly) {
  const auto unary = [](std::string_view name) { return std::get<Unary>(*operation_named(name)).kind; };
  EXPECT_EQ(unary("HSigmoid"), UnaryKind::kHSigmoid);
  EXPECT_EQ(unary("ReLU"), UnaryKind::kRelu);
  EXPECT_EQ(std::get<Binary>(*operation_named("Power")).kind, BinaryKind::kPower);
  EXPECT_TRUE(std::holds_alternative<MaxPool>(*operation_named("MaxPool")));
  for (const std::string_view name : {"HSigmoidd", "", "power", "Relu"}) EXPECT_EQ(operation_named(name), nullptr) << name;
}

// An attribute tells the two forms of Gelu apart.
TEST(AllOperations, HaveDistinctNames) {
  std::multiset<std::string_view> names;
  for (const Op& op : all_operations()) names.insert(type_name(op));
  for (const std::string_view name : names) EXPECT_EQ(names.count(name), name == "Gelu" ? 2u : 1u) << name;
}

}  // namespace
}  // namespace octet
