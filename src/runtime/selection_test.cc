#include "runtime/selection.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "runtime/graph_for_test.h"
#include "runtime/lowerings/list.h"
#include "runtime/plan.h"

namespace octet {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

// The step that computes the node: the kernel, and why no faster lowering took it.
struct Chosen {
  std::string kernel, passed_over;
};

Chosen chosen(const Graph& graph, const std::string& node) {
  const auto plan = *compile(graph);
  for (const StepInfo& step : plan->steps())
    if (step.node == node && step.op != "reorder") return {step.kernel, step.passed_over};
  ADD_FAILURE() << "no step computes " << node;
  return {};
}

// Expects the node to run by the reference evaluation for the given reason.
void expect_reference(const Graph& graph, const std::string& node, const std::string& reason) {
  const Chosen found = chosen(graph, node);
  EXPECT_EQ(found.kernel, "reference");
  EXPECT_EQ(found.passed_over, reason);
}

// Expects a kernel that is no image's, and the reason why none of those took the node.
void expect_planar_kernel(const Graph& graph, const std::string& node, const std::string& reason) {
  const Chosen found = chosen(graph, node);
  EXPECT_NE(found.kernel, "reference");
  EXPECT_EQ(found.passed_over, reason);
}

TEST(Selection, SaysThatWeightsAreNotConstant) {
  SmallGraph g;
  const Value image = g.input({1, 3, 5, 5}), weights = g.input({4, 3, 3, 3}, "weights");
  g.output(g.graph.emit(Convolution{}, {image, weights}, "conv"));
  expect_reference(g.graph, "conv", "convolution: weights are not constant");
}

TEST(Selection, SaysThatKernelsComputeInFloats) {
  SmallGraph g;
  const Value image = g.graph.emit(Parameter{ElementType::kF16, {1, 3, 5, 5}}, {}, "image");
  g.output(g.graph.emit(MaxPool{{2, 2}}, {image}, "pool"));
  expect_reference(g.graph, "pool", "max pool: kernels compute in f32, not in f16");
}

TEST(Selection, SaysThatThereIsNothingToCompute) {
  SmallGraph g;
  g.output(g.graph.emit(MaxPool{}, {g.input({0, 3, 5, 5})}, "pool"));
  expect_reference(g.graph, "pool", "max pool: there are no elements in [0,3,5,5]");
}

TEST(Selection, SaysThatAConstantIsNoneOfChannels) {
  SmallGraph g;
  const Value image = g.conv(g.input({1, 3, 5, 5}), 4), row = g.graph.emit_constant(numbers({1, 1, 1, 5}));
  g.output(g.add(g.relu(image), row, "sum"));
  expect_planar_kernel(g.graph, "sum", "scale and shift: the constant [1,1,1,5] has not one value for each channel of [1,4,5,5]");
}

TEST(Selection, AddsAConstantOfTheWholeShapeByAKernel) {
  SmallGraph g;
  g.output(g.add(g.relu(g.conv(g.input({1, 3, 5, 5}), 4)), g.graph.emit_constant(numbers({1, 4, 5, 5})), "sum"));
  EXPECT_NE(chosen(g.graph, "sum").kernel, "reference");
}

TEST(Selection, SaysThatShapesDiffer) {
  SmallGraph g;
  const Value image = g.input({1, 3, 5, 5});
  const Value four = g.conv(image, 4), one = g.conv(image, 1, "one");  // in this order, so that the one that is repeated comes last
  g.output(g.add(four, one, "sum"));
  expect_planar_kernel(g.graph, "sum", "add or multiply: the inputs [1,4,5,5] and [1,1,5,5] differ in shape");
}

TEST(Selection, SaysWhatIsDifferentInAQuantization) {
  SmallGraph g;
  const Value image = g.conv(g.input({1, 3, 5, 5}), 4);
  const Value low = g.graph.emit_constant(Tensor::scalar(-1.0f)), high = g.graph.emit_constant(Tensor::scalar(1.0f));
  g.output(g.graph.emit(FakeQuantize{16}, {image, low, high, low, high}, "levels"));
  g.output(g.graph.emit(FakeQuantize{256}, {image, low, high, low, high}, "zero"), "b");
  EXPECT_EQ(chosen(g.graph, "levels").passed_over, "quantize: it has 16 levels, not 256");
  EXPECT_EQ(chosen(g.graph, "zero").passed_over, "quantize: zero is not one of the 256 values");
}

TEST(Selection, SaysWhichQuantizationRunsByTheReference) {
  SmallGraph g;
  const Value image = g.conv(g.input({1, 3, 5, 5}), 4);
  const Value low = g.graph.emit_constant(numbers({1, 1, 1, 5})), high = g.graph.emit_constant(Tensor::scalar(2.0f));
  g.output(g.graph.emit(FakeQuantize{256}, {image, low, high, low, high}, "columns"));
  expect_reference(g.graph, "columns",
                   "quantize: the limits [1,1,1,5] are neither one for all nor one for each channel of [1,4,5,5]; "
                   "fake quantize: the limits [1,1,1,5] vary along other axes than the channels");
}

TEST(Selection, SaysThatACubicResizeHasNoKernel) {
  SmallGraph g;
  Interpolate resize;
  resize.mode = Interpolate::Mode::kCubic;
  g.output(g.graph.emit(resize, {g.conv(g.input({1, 3, 5, 5}), 4), g.integers({10, 10})}, "resize"));
  expect_reference(g.graph, "resize", "resize: the mode is cubic");
}

TEST(Selection, SaysWhichSliceIsAView) {
  SmallGraph g;
  const Value axis = g.graph.emit_constant(Tensor::scalar<std::int64_t>(2));
  const Value parts = g.graph.emit(Split{5}, {g.conv(g.input({1, 3, 5, 5}), 4), axis}, "split");
  g.output(parts);
  expect_planar_kernel(g.graph, "split", "channel slices: it does not cut an image along its channels alone");
}

TEST(Selection, SaysWhichOrderIsNotThatOfMemory) {
  SmallGraph g;
  g.output(g.graph.emit(Transpose{}, {g.conv(g.input({1, 3, 5, 5}), 4), g.integers({0, 1, 3, 2})}, "turn"));
  expect_planar_kernel(g.graph, "turn", "transpose: the order [0,1,3,2] is not that of interleaved channels");
}

TEST(Selection, MakesAnImageOfChannelsThatAreLast) {
  SmallGraph g;
  const Value planes = g.graph.emit(Transpose{}, {g.input({1, 5, 5, 3}), g.integers({0, 3, 1, 2})}, "turn");
  g.output(g.conv(planes, 4));
  EXPECT_EQ(chosen(g.graph, "turn").passed_over, "");
  const auto plan = *compile(g.graph);
  for (const StepInfo& step : plan->steps()) EXPECT_NE(step.op, "Transpose") << step.node;
}

TEST(Selection, SaysThatSlopesDiffer) {
  SmallGraph g;
  g.output(g.graph.emit(PRelu{}, {g.conv(g.input({1, 3, 5, 5}), 4), g.graph.emit_constant(numbers({4}))}, "prelu"));
  expect_reference(g.graph, "prelu", "activation: there is not one constant slope for all channels");
}

TEST(Selection, SaysThatAnOperationHasNoKernel) {
  SmallGraph g;
  g.output(g.graph.emit(Tile{}, {g.input({1, 4}), g.integers({2, 1})}, "tile"));
  expect_reference(g.graph, "tile", "there is no kernel for Tile");
}

TEST(Selection, SaysWhyAConvolutionOfQuantizedDataIsNotInIntegers) {
  SmallGraph g;
  g.output(g.conv(g.quantize(g.input({1, 3, 5, 5})), 4));
  const Chosen found = chosen(g.graph, "conv");
  EXPECT_NE(found.kernel, "reference");
  EXPECT_EQ(found.passed_over, "integer convolution: weights are not 8-bit integers with a scale and a zero point of each output channel");
}

bool runs_in_integers(const Graph& graph, const std::string& node) {
  const auto plan = *compile(graph);
  return std::ranges::any_of(plan->steps(), [&](const StepInfo& step) { return step.node == node && step.integer; });
}

// As QDQ files of ONNX have grouped convolutions: [O,I/g,kh,kw] with a zero point each, then another shape.
TEST(Selection, TakesStoredWeightsWithZeroPointsBehindAReshape) {
  SmallGraph g;
  const Tensor stored = Tensor::of<std::uint8_t>({4, 2, 1, 1}, std::vector<std::uint8_t>{0, 255, 17, 128, 3, 200, 90, 1});
  const auto each = [&](std::vector<float> values) { return g.graph.emit_constant(Tensor::of<float>({4, 1, 1, 1}, values)); };
  const Value wide = g.graph.emit(Convert{ElementType::kF32}, {g.graph.emit_constant(stored)});
  const Value centred = g.graph.emit(Binary{BinaryKind::kSubtract}, {wide, each({0, 255, 7, 128})});
  const Value weights = g.graph.emit(Binary{BinaryKind::kMultiply}, {centred, each({0.1f, 0.2f, 0.3f, 0.4f})});
  const Value grouped = g.graph.emit(Reshape{}, {weights, g.integers({2, 2, 2, 1, 1})});
  g.output(g.graph.emit(GroupConvolution{}, {g.quantize(g.input({1, 4, 5, 5})), grouped}, "conv"));
  EXPECT_TRUE(runs_in_integers(g.graph, "conv"));
}

TEST(Selection, LeavesProductsOfWhichOneFactorIsNotQuantized) {
  SmallGraph g;
  const Value a = g.quantize(g.input({2, 6})), b = g.input({5, 6}, "other");
  g.output(g.graph.emit(MatMul{false, true}, {a, b}, "product"));
  EXPECT_FALSE(runs_in_integers(g.graph, "product"));
  SmallGraph both;
  const Value left = both.quantize(both.input({2, 6})), right = both.quantize(both.input({5, 6}, "other"));
  both.output(both.graph.emit(MatMul{false, true}, {left, right}, "product"));
  EXPECT_TRUE(runs_in_integers(both.graph, "product"));
}

TEST(Selection, GivesNoReasonInAModelOfFloats) {
  SmallGraph g;
  const Value a = g.conv(g.input({1, 3, 5, 5}), 4), b = g.conv(a, 4, "second");
  g.output(g.relu(g.add(a, b)));
  const auto plan = compile(g.graph);
  ASSERT_TRUE(plan.ok());
  for (const StepInfo& step : (*plan)->steps()) EXPECT_EQ(step.passed_over, "") << step.node;
}

TEST(Selection, TakesEveryNodeByTheLastLowering) {
  SmallGraph g;
  const Value image = g.input({1, 3, 5, 5});
  g.output(g.relu(image));
  const Constants constants(g.graph);
  const FusionFinder fusion(g.graph, constants, {});
  const Forms forms;
  for (std::size_t i = 0; i < g.graph.nodes().size(); ++i)
    EXPECT_TRUE(std::holds_alternative<Match>(lowerings().back().match({g.graph, constants, fusion, forms}, static_cast<NodeId>(i))));
}

}  // namespace
}  // namespace octet
