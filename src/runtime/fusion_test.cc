#include "runtime/fusion.h"

#include <string>

#include <gtest/gtest.h>

#include "graph/evaluate.h"
#include "runtime/graph_for_test.h"
#include "runtime/plan.h"

namespace octet {
namespace {

using Kind = kernels::Activation::Kind;
using runtime_test::SmallGraph;

Epilogue epilogue_of(const Graph& graph, Value value, const std::vector<Value>& observe = {}) {
  const Constants constants(graph);
  return FusionFinder(graph, constants, observe).epilogue(value, {true, true, true});
}

TEST(Epilogue, TakesBiasActivationAndQuantization) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 4), fq = g.quantize(g.relu(g.bias(conv)));
  g.output(fq);
  const Epilogue found = epilogue_of(g.graph, conv);
  EXPECT_EQ(found.bias.size(), 4u);
  EXPECT_EQ(found.activation.kind, Kind::kRelu);
  ASSERT_TRUE(found.quant);
  EXPECT_EQ(found.quant->zero_point[0], 128);
  EXPECT_EQ(found.result, fq);
  EXPECT_EQ(found.absorbed.size(), 3u);
}

Value scaled(SmallGraph& g, Value data, const std::vector<float>& factors) {
  const Tensor constant = Tensor::of<float>({1, static_cast<std::int64_t>(factors.size()), 1, 1}, factors);
  return g.graph.emit(Binary{BinaryKind::kMultiply}, {data, g.graph.emit_constant(constant)}, "scale");
}

TEST(Epilogue, TakesAScaleOfWhatIsQuantized) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 4), fq = g.quantize(scaled(g, g.relu(g.bias(conv)), {1, 2, 3, 4}));
  g.output(fq);
  const Epilogue found = epilogue_of(g.graph, conv);
  EXPECT_EQ(found.scale, (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(found.result, fq);
  EXPECT_EQ(found.absorbed.size(), 4u);
}

TEST(Epilogue, TakesOneScaleForAllChannels) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 3);
  g.output(g.quantize(scaled(g, conv, {2})));
  EXPECT_EQ(epilogue_of(g.graph, conv).scale, (std::vector<float>{2, 2, 2}));
}

TEST(Epilogue, LeavesAScaleThatIsNegativeOrReadAsFloat) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 2, "a"), other = g.conv({g.graph.find("image"), 0}, 2, "b");
  g.output(g.quantize(scaled(g, conv, {1, -1}), "fq_of_negative"));
  g.output(scaled(g, other, {1, 2}), "float");
  EXPECT_EQ(epilogue_of(g.graph, conv).result, conv);
  EXPECT_EQ(epilogue_of(g.graph, other).result, other);
}

Value moved(SmallGraph& g, Value data, const std::vector<float>& offsets) {
  const Tensor constant = Tensor::of<float>({1, static_cast<std::int64_t>(offsets.size()), 1, 1}, offsets);
  return g.graph.emit(Binary{BinaryKind::kAdd}, {data, g.graph.emit_constant(constant)}, "offset");
}

// Of 0.01.
TEST(Epilogue, TakesWholeStepsThatChannelsAreMovedBy) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 3), active = g.relu(g.bias(conv));
  const Value fq = g.quantize(moved(g, scaled(g, active, {1, 2, 3}), {-3, 0, 0.02f}));
  g.output(fq);
  const Epilogue found = epilogue_of(g.graph, conv);
  EXPECT_EQ(found.scale, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(found.steps, (std::vector<std::int16_t>{-300, 0, 2}));
  EXPECT_EQ(found.result, fq);
  EXPECT_EQ(found.absorbed.size(), 5u);
}

TEST(Epilogue, LeavesWhatIsMovedByPartsOfSteps) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 2), active = g.relu(g.bias(conv));
  g.output(g.quantize(moved(g, active, {-3, 0.005f})));
  EXPECT_EQ(epilogue_of(g.graph, conv).result, active);
}

TEST(Epilogue, StopsAtAValueWithTwoReaders) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 4), sum = g.bias(conv);
  g.output(g.relu(sum));
  g.output(sum, "raw");
  const Epilogue found = epilogue_of(g.graph, conv);
  EXPECT_EQ(found.result, sum);
  EXPECT_EQ(found.activation.kind, Kind::kNone);
}

TEST(Epilogue, StopsAtAnObservedValue) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 4), sum = g.bias(conv), fq = g.quantize(g.relu(sum));
  g.output(fq);
  EXPECT_EQ(epilogue_of(g.graph, conv, {conv}).result, conv);
  EXPECT_EQ(epilogue_of(g.graph, conv, {sum}).result, sum);
  EXPECT_EQ(epilogue_of(g.graph, conv, {fq}).result, fq);
}

TEST(Epilogue, TakesQuantizationsWithOneSetOfLimitsTogether) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 4), first = g.quantize(conv, "a"), second = g.quantize(conv, "b");
  g.output(first);
  g.output(second, "other");
  const Epilogue found = epilogue_of(g.graph, conv);
  EXPECT_EQ(found.result, first);
  EXPECT_EQ(found.same_as_result, std::vector<Value>{second});
}

TEST(Epilogue, LeavesQuantizationsThatDiffer) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 4);
  g.output(g.quantize(conv, "a", 1));
  g.output(g.quantize(conv, "b", 2), "other");
  EXPECT_FALSE(epilogue_of(g.graph, conv).quant);
}

TEST(Epilogue, LeavesAQuantizedValueThatIsReadAsFloatToo) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 4);
  g.output(g.quantize(conv));
  g.output(conv, "float");
  EXPECT_FALSE(epilogue_of(g.graph, conv).quant);
}

TEST(Epilogue, TakesNoSumAlongAnotherAxis) {
  SmallGraph g;
  const Value conv = g.conv(g.input({1, 3, 5, 5}), 4);
  const Value row = g.graph.emit_constant(runtime_test::numbers({1, 1, 1, 5}));
  g.output(g.graph.emit(Binary{BinaryKind::kAdd}, {conv, row}));
  EXPECT_TRUE(epilogue_of(g.graph, conv).absorbed.empty());
}

TEST(Epilogue, TakesALeakForAllChannelsOnly) {
  for (const std::int64_t slopes : {1, 4}) {
    SmallGraph g;
    const Value conv = g.conv(g.input({1, 3, 5, 5}), 4);
    g.output(g.graph.emit(PRelu{}, {conv, g.graph.emit_constant(runtime_test::numbers({slopes}))}));
    EXPECT_EQ(epilogue_of(g.graph, conv).activation.kind, slopes == 1 ? Kind::kLeaky : Kind::kNone);
  }
}

TEST(Epilogue, TakesAHardSigmoidOfConstants) {
  SmallGraph g;
  const Value image = g.input({1, 3, 5, 5}), conv = g.conv(image, 4);
  const auto number = [&](float value) { return g.graph.emit_constant(Tensor::scalar<float>(value)); };
  g.output(g.graph.emit(HardSigmoid{}, {conv, number(0.25f), number(0.5f)}));
  const auto activation = epilogue_of(g.graph, conv).activation;
  EXPECT_EQ(activation.kind, Kind::kHardSigmoid);
  EXPECT_EQ(activation.a, 0.25f);
  EXPECT_EQ(activation.b, 0.5f);
}

std::vector<std::string> steps_of(const Graph& graph, const RuntimeOptions& options = {}) {
  std::vector<std::string> names;
  const auto plan = *compile(graph, options);
  for (const StepInfo& step : plan->steps()) names.push_back(step.op);
  return names;
}

TEST(Plan, JoinsTheScaleOfAnInputWithItsQuantization) {
  SmallGraph g;
  const Value scaled = g.graph.emit(Binary{BinaryKind::kMultiply}, {g.input({1, 3, 5, 5}), g.graph.emit_constant(Tensor::scalar(0.01f))});
  g.output(g.integer_conv(g.quantize(g.bias(scaled)), 8));
  EXPECT_EQ(steps_of(g.graph), (std::vector<std::string>{"quantize input", "convolution", "Result"}));
}

// Against the definition, in floats.
TEST(Plan, MovesChannelsInIntegers) {
  SmallGraph g;
  const auto quantize = [&](Value data, const std::string& name) {
    const Value low = g.graph.emit_constant(Tensor::scalar(-32.0f)), high = g.graph.emit_constant(Tensor::scalar(31.75f));
    return g.graph.emit(FakeQuantize{256}, {data, low, high, low, high}, name);
  };
  Tensor bytes(ElementType::kI8, {4, 3, 1, 1});
  std::int8_t next = -100;
  for (auto& value : bytes.mutable_values<std::int8_t>()) value = next = static_cast<std::int8_t>(next + 37);
  const Value wide = g.graph.emit(Convert{ElementType::kF32}, {g.graph.emit_constant(bytes)});
  const Value weights = g.graph.emit(Binary{BinaryKind::kMultiply}, {wide, g.graph.emit_constant(Tensor::scalar(0.0157f))});
  const Value conv = g.graph.emit(Convolution{}, {quantize(g.input({1, 3, 6, 6}), "in"), weights}, "conv");
  const Value slope = g.graph.emit_constant(Tensor::of<float>({1}, std::vector<float>{0.25f}));
  g.output(quantize(moved(g, g.graph.emit(PRelu{}, {conv, slope}), {-20, 0, 15, 100}), "out"));
  EXPECT_EQ(steps_of(g.graph), (std::vector<std::string>{"quantize input", "convolution", "dequantize", "Result"}));
  Tensor image = runtime_test::numbers({1, 3, 6, 6}, 5);
  for (float& value : image.mutable_values<float>()) value *= 30;
  Session session(*compile(g.graph), 1);
  const auto expected = *evaluate(g.graph, {{"image", image}});
  EXPECT_EQ(to_vector<float>((*session.run(std::span(&image, 1)))[0]), to_vector<float>(expected.begin()->second));
}

// Two convolutions of floats, dense and depthwise, whose weights are stored as integers or are the numbers that these stand for.
Graph with_weights(bool stored) {
  SmallGraph g;
  Value value = g.input({1, 3, 6, 6});
  for (const Shape& shape : {Shape{4, 3, 3, 3}, Shape{4, 1, 1, 3, 3}}) {
    Tensor bytes(ElementType::kU8, shape), numbers(ElementType::kF32, shape);
    const std::vector<float> zeros{3, 128, 255, 0}, scales{0.01f, 0.003f, 0.1f, 0.0077f};
    const std::size_t of_channel = static_cast<std::size_t>(bytes.size()) / zeros.size();
    for (std::size_t i = 0; i < static_cast<std::size_t>(bytes.size()); ++i) {
      const auto byte = bytes.mutable_values<std::uint8_t>()[i] = static_cast<std::uint8_t>(i * 37);
      numbers.mutable_values<float>()[i] = (static_cast<float>(byte) - zeros[i / of_channel]) * scales[i / of_channel];
    }
    Shape of_channels(shape.size(), 1);
    of_channels[0] = shape[0];
    const auto constant = [&](const std::vector<float>& values) { return g.graph.emit_constant(Tensor::of<float>(of_channels, values)); };
    const Value wide = g.graph.emit(Convert{ElementType::kF32}, {g.graph.emit_constant(bytes)});
    const Value centred = g.graph.emit(Binary{BinaryKind::kSubtract}, {wide, constant(zeros)});
    const Value product = g.graph.emit(Binary{BinaryKind::kMultiply}, {centred, constant(scales)});
    const Value weights = stored ? product : g.graph.emit_constant(numbers);
    value = shape.size() == 5 ? g.graph.emit(GroupConvolution{}, {value, weights}) : g.graph.emit(Convolution{}, {value, weights});
  }
  g.output(value);
  return g.graph;
}

TEST(Plan, WidensStoredWeightsForConvolutionsOfFloats) {
  const Tensor image = runtime_test::numbers({1, 3, 6, 6}, 5);
  Session stored(*compile(with_weights(true)), 1), numbers(*compile(with_weights(false)), 1);
  EXPECT_EQ(steps_of(with_weights(true)), steps_of(with_weights(false)));
  EXPECT_EQ(to_vector<float>((*stored.run(std::span(&image, 1)))[0]), to_vector<float>((*numbers.run(std::span(&image, 1)))[0]));
}

TEST(Plan, AddsQuantizedImagesInIntegers) {
  SmallGraph g;
  const Value a = g.quantize(g.input({1, 3, 5, 5}), "a", 1), b = g.quantize(g.integer_conv(a, 3), "b", 2);
  g.output(g.quantize(g.relu(g.add(a, b)), "sum", 3));
  const auto plan = *compile(g.graph);
  EXPECT_EQ(steps_of(g.graph), (std::vector<std::string>{"quantize input", "convolution", "add", "dequantize", "Result"}));
  EXPECT_TRUE(plan->steps()[2].integer);
}

}  // namespace
}  // namespace octet
