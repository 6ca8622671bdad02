#include "runtime/plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "graph/op_schema.h"
#include "runtime/graph_for_test.h"
#include "runtime/random_graph_for_test.h"

namespace octet {
namespace {

using runtime_test::chance;
using runtime_test::RandomGraph;

// Outputs and observed values of one run, both copied.
struct PlanRun {
  std::vector<Tensor> outputs;
  std::map<Value, Tensor> seen;
};

Tensor copy_of(const Tensor& tensor) {
  Tensor copy(tensor.type(), tensor.shape());
  std::ranges::copy(tensor.bytes(), copy.mutable_bytes().begin());
  return copy;
}

// Images as a planar tensor.
Tensor planar(const Observed& seen, const Shape& shape) {
  Tensor result(ElementType::kF32, shape);
  float* to = result.mutable_values<float>().data();
  for (const auto& image : seen.images)
    for (std::int64_t c = 0; c < image.channels; ++c)
      for (std::int64_t pixel = 0; pixel < image.pixels(); ++pixel) *to++ = image.data[pixel * image.pixel_stride + c];
  return result;
}

PlanRun run(const RandomGraph& random, RuntimeOptions options, int threads) {
  auto plan = compile(random.graph, options);
  if (!plan.ok()) RC_FAIL(plan.error().message);
  Session session(*plan, threads);
  PlanRun result;
  for (int again = 0; again < 2; ++again) {
    const auto outputs =
        session.run(random.inputs, [&](const Observed& seen) { result.seen[seen.value] = planar(seen, random.graph.shape(seen.value)); });
    if (!outputs.ok()) RC_FAIL(outputs.error().message);
    result.outputs.clear();
    for (const Tensor& output : *outputs) result.outputs.push_back(copy_of(output));
  }
  return result;
}

std::string label(const Graph& graph, Value value) { return graph.node(value).name + ":" + std::to_string(value.port); }

// Empty if no element differs by more than `bound`.
std::string difference(const Tensor& found, const Tensor& expected, double bound) {
  if (found.shape() != expected.shape()) return "shape " + to_string(found.shape());
  const auto a = to_vector<double>(found), b = to_vector<double>(expected);
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(std::fabs(a[i] - b[i]) <= bound))
      return "element " + std::to_string(i) + " is " + std::to_string(a[i]) + " instead of " + std::to_string(b[i]);
  return "";
}

bool same_bits(const Tensor& a, const Tensor& b) { return std::ranges::equal(a.bytes(), b.bytes()); }

[[noreturn]] void fail(const RandomGraph& random, const std::string& message) { RC_FAIL(message + "\n" + dump(random.graph)); }

// Float kernels sum in another order than the specification, and approximate exponentials, to about this.
constexpr double kFloatBound = 2e-5;

std::vector<Value> some_values(const RandomGraph& random, int percent) {
  std::vector<Value> result;
  for (const auto& [value, tensor] : random.values)
    if (tensor.type() == ElementType::kF32 && chance(percent)) result.push_back(value);
  return result;
}

void expect_outputs(const RandomGraph& random, const PlanRun& found, double bound, const Isa& isa) {
  const auto outputs = random.graph.outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto wrong = difference(found.outputs[i], random.values.at(random.graph.node(outputs[i]).inputs[0]), bound);
    if (!wrong.empty()) fail(random, std::string(isa.name) + " output " + random.graph.node(outputs[i]).name + ": " + wrong);
  }
}

// What has no kernel and needs inputs of its own: evaluate_test.cc and the IR's tests have it.
bool is_left_to_other_tests(std::string_view name) {
  constexpr std::string_view kNames[] = {
      "Sqrt",  "Floor",      "Power",      "ShapeOf",      "PriorBoxClustered", "DetectionOutput", "Log",
      "Sign",  "Ceiling",    "Round",      "Mod",          "FloorMod",          "OneHot",          "Range",
      "Equal", "NotEqual",   "Greater",    "GreaterEqual", "LessEqual",         "LogicalAnd",      "LogicalOr",
      "Less",  "LogicalXor", "LogicalNot", "ReduceProd"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

TEST(RandomGraph, DrawsEveryOperation) {
  std::set<std::string_view> drawn;
  EXPECT_TRUE(rc::check([&] {
    for (int i = 0; i < 60; ++i) {
      const RandomGraph random(RandomGraph::Kind::kQuantized);
      for (const Node& node : random.graph.nodes()) drawn.insert(type_name(node.op));
    }
  }));
  for (const Op& op : all_operations())
    EXPECT_TRUE(drawn.contains(type_name(op)) || is_left_to_other_tests(type_name(op))) << type_name(op);
}

TEST(Plan, ComputesWhatTheGraphMeans) {
  EXPECT_TRUE(rc::check([] {
    const RandomGraph random(RandomGraph::Kind::kFloat);
    const double bound = kFloatBound * (1 + static_cast<double>(random.magnitude()));
    for (const Isa& isa : available_isas()) {
      const PlanRun one = run(random, {isa, {}}, 1), three = run(random, {isa, {}}, 3);
      expect_outputs(random, one, bound, isa);
      for (std::size_t i = 0; i < one.outputs.size(); ++i)
        if (!same_bits(one.outputs[i], three.outputs[i])) fail(random, "threads change the result");
    }
  }));
}

TEST(Plan, RefusesPrecisionThatTheInstructionSetLacks) {
  RuntimeOptions options;
  options.isa = kPortableIsa;
  options.precision = InferencePrecision::kBf16;
  const auto plan = compile(Graph(), options);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(plan.error().message, "the instruction set portable has no products of bf16 (AVX512_BF16); take f32");
}

// A 1x1 convolution of 1 + 2^-10, which bfloat16 has not, and zeros.
TEST(Plan, RoundsWhatItMultipliesWhereBf16IsAskedFor) {
  constexpr std::int64_t kChannels = 64;
  Graph graph;
  const Value in = graph.emit(Parameter{ElementType::kF32, {1, kChannels, 1, 1}}, {}, "in");
  const Value weights = graph.emit_constant(Tensor::of<float>({kChannels, kChannels, 1, 1}, std::vector<float>(kChannels * kChannels, 1)));
  graph.emit(Output{}, {graph.emit(Convolution{.strides = {1, 1}, .dilations = {1, 1}, .pads = {{0, 0}, {0, 0}}}, {in, weights})}, "out");
  std::vector<float> values(kChannels);
  values[0] = 1 + 0x1p-10f;
  const Tensor input = Tensor::of<float>({1, kChannels, 1, 1}, values);
  for (const InferencePrecision precision : {InferencePrecision::kF32, InferencePrecision::kBf16}) {
    RuntimeOptions options;
    options.precision = precision;
    const auto plan = compile(graph, options);
    if (!plan.ok()) GTEST_SKIP() << plan.error().message;
    Session session(*plan, 1);
    const auto outputs = session.run(std::span(&input, 1));
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    EXPECT_EQ(to_vector<float>(outputs->front())[0], precision == InferencePrecision::kBf16 ? 1.0f : 1 + 0x1p-10f);
  }
}

// Eight layers, of 1x1 and of 3x3 with steps of two.
runtime_test::SmallGraph network_of_floats(Shape image, std::int64_t channels, int layers) {
  runtime_test::SmallGraph network;
  Value data = network.input(std::move(image));
  for (int i = 0; i < layers; ++i) {
    const std::int64_t side = i % 4 == 3 ? 3 : 1, in_channels = network.graph.shape(data)[1];
    const Tensor weights = runtime_test::numbers({channels, in_channels, side, side}, static_cast<std::uint32_t>(i + 1));
    const std::int64_t step = side == 3 ? 2 : 1, pad = side / 2;
    const Convolution conv{.strides = {step, step}, .dilations = {1, 1}, .pads = {{pad, pad}, {pad, pad}}};
    data = network.graph.emit(conv, {data, network.graph.emit_constant(weights)}, "conv" + std::to_string(i));
    data = network.relu(data, "relu" + std::to_string(i));
  }
  network.output(data);
  return network;
}

// The root of the mean square of what two lists differ by, over that of the first.
double relative_difference(std::span<const float> expected, std::span<const float> found) {
  double differences = 0, squares = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    differences += std::pow(static_cast<double>(found[i]) - expected[i], 2);
    squares += std::pow(static_cast<double>(expected[i]), 2);
  }
  return std::sqrt(differences / squares);
}

// A rounded factor is off by 2^-9 of itself at most. Those of a layer differ in sign, so that a layer adds less than 2^-8 to the mean.
TEST(Plan, StaysNearFloatsInBf16) {
  constexpr int kLayers = 8;
  const Shape image{1, 16, 28, 28};
  const Graph graph = network_of_floats(image, 48, kLayers).graph;
  const Tensor input = runtime_test::numbers(image, 77);
  RuntimeOptions options;
  std::vector<std::vector<float>> results;
  for (const InferencePrecision precision : {InferencePrecision::kF32, InferencePrecision::kBf16}) {
    options.precision = precision;
    const auto plan = compile(graph, options);
    if (!plan.ok()) GTEST_SKIP() << plan.error().message;
    const bool is_rounded = std::ranges::any_of((*plan)->steps(), &StepInfo::bf16);
    EXPECT_EQ(is_rounded, precision == InferencePrecision::kBf16);
    for (const int threads : {1, 3}) {
      Session session(*plan, threads);
      const auto outputs = session.run(std::span(&input, 1));
      ASSERT_TRUE(outputs.ok()) << outputs.error().message;
      results.push_back(to_vector<float>(outputs->front()));
    }
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[2], results[3]);
  EXPECT_LT(relative_difference(results[0], results[2]), kLayers * 0x1p-8);
  EXPECT_GT(relative_difference(results[0], results[2]), 0x1p-12);
}

// The numbers 0 to 255 as planar floats and as the bytes of a picture.
struct Picture {
  Tensor floats, bytes;

  explicit Picture(const Shape& shape)
      : floats(ElementType::kF32, shape), bytes(ElementType::kU8, {shape[0], shape[2], shape[3], shape[1]}) {
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    const std::int64_t channels = shape[1], pixels = shape[2] * shape[3];
    const auto planes = floats.mutable_values<float>();
    const auto interleaved = bytes.mutable_values<std::uint8_t>();
    for (std::size_t i = 0; i < interleaved.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      const std::int64_t image = at / (channels * pixels), pixel = at / channels % pixels, channel = at % channels;
      interleaved[i] = static_cast<std::uint8_t>(random());
      planes[static_cast<std::size_t>((image * channels + channel) * pixels + pixel)] = static_cast<float>(interleaved[i]);
    }
  }
};

void expect_picture_is_as_good_as_floats(RandomGraph::Kind kind) {
  RandomGraph random(kind);
  const Picture picture(random.inputs[0].shape());
  RuntimeOptions with_picture;
  with_picture.picture_input = true;
  for (const Isa& isa : available_isas()) {
    with_picture.isa = isa;
    random.inputs = {picture.floats};
    const PlanRun expected = run(random, {isa, {}}, 1);
    random.inputs = {picture.bytes};
    const PlanRun found = run(random, with_picture, 3);
    for (std::size_t i = 0; i < expected.outputs.size(); ++i)
      if (!same_bits(found.outputs[i], expected.outputs[i])) fail(random, "a picture changes output " + std::to_string(i));
  }
}

TEST(Plan, TakesAPictureAsItTakesFloats) {
  EXPECT_TRUE(rc::check([] { expect_picture_is_as_good_as_floats(RandomGraph::Kind::kFloat); }));
}

TEST(QuantizedPlan, TakesAPictureAsItTakesFloats) {
  EXPECT_TRUE(rc::check([] { expect_picture_is_as_good_as_floats(RandomGraph::Kind::kQuantized); }));
}

TEST(Plan, ShowsAnObserverWhatTheGraphMeans) {
  EXPECT_TRUE(rc::check([] {
    const RandomGraph random(RandomGraph::Kind::kFloat);
    const double bound = kFloatBound * (1 + static_cast<double>(random.magnitude()));
    const auto observe = some_values(random, 30);
    const PlanRun found = run(random, {active_isa(), observe}, 2);
    expect_outputs(random, found, bound, active_isa());
    for (const Value value : observe) {
      const Op& op = random.graph.node(value).op;
      if (std::holds_alternative<Constant>(op)) continue;
      if (!found.seen.contains(value)) fail(random, label(random.graph, value) + " was not shown");
      const auto wrong = difference(found.seen.at(value), random.values.at(value), bound);
      if (!wrong.empty()) fail(random, "observed " + label(random.graph, value) + ": " + wrong);
    }
  }));
}

// How far the value of a FakeQuantize node may lie from what it quantizes. Half a step where it is an 8-bit quantization; where the
// output has limits of its own, a step from the specification's value.
class QuantizedReference {
 public:
  QuantizedReference(const RandomGraph& random, const PlanRun& found)
      : random_(random), found_(found), values_(random.values), bound_(kFloatBound * (1 + static_cast<double>(random.magnitude()))) {}

  // Follows the graph by its specification but goes on with the quantized values that the plan made, so that a step more or less
  // in one layer, where a sum lies between two steps, does not count against the next ones.
  void check() {
    for (std::size_t i = 0; i < random_.graph.nodes().size(); ++i) {
      const Node& node = random_.graph.nodes()[i];
      const auto id = static_cast<NodeId>(i);
      if (node.inputs.empty() || std::holds_alternative<Output>(node.op)) continue;
      compute(id, node);
      if (std::holds_alternative<FakeQuantize>(node.op)) check_quantized(node, {id, 0});
    }
    const auto outputs = random_.graph.outputs();
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const Node& output = random_.graph.node(outputs[i]);
      const auto wrong = difference(found_.outputs[i], values_.at(output.inputs[0]), bound_);
      if (!wrong.empty()) fail(random_, "output " + output.name + ": " + wrong);
    }
  }

 private:
  void compute(NodeId id, const Node& node) {
    std::vector<Tensor> inputs;
    for (const Value input : node.inputs) inputs.push_back(values_.at(input));
    const auto results = evaluate(node.op, inputs, node.outputs);
    for (std::uint32_t port = 0; port < results.size(); ++port) values_[{id, port}] = results[port];
  }

  void check_quantized(const Node& node, Value value) {
    const auto shown = found_.seen.find(value);
    if (shown == found_.seen.end()) fail(random_, label(random_.graph, value) + " was not shown");
    const bool same_limits = node.inputs[1] == node.inputs[3] && node.inputs[2] == node.inputs[4];
    const auto low = to_vector<double>(values_.at(node.inputs[3])), high = to_vector<double>(values_.at(node.inputs[4]));
    const auto data = to_vector<double>(values_.at(node.inputs[0])), exact = to_vector<double>(values_.at(value)),
               real = to_vector<double>(shown->second);
    const Shape& shape = random_.graph.shape(value);
    const std::size_t inner = shape.size() == 4 ? static_cast<std::size_t>(shape[2] * shape[3]) : 1;
    const auto steps = static_cast<double>(std::get<FakeQuantize>(node.op).levels - 1);
    for (std::size_t i = 0; i < real.size(); ++i) {
      const std::size_t c = low.size() == 1 ? 0 : i / inner % low.size();
      const double step = (high[c] - low[c]) / steps;
      const double wanted = same_limits ? std::clamp(data[i], low[c], high[c]) : exact[i],
                   allowed = (same_limits ? 0.51 : 1.01) * step + bound_;
      if (std::fabs(real[i] - wanted) > allowed)
        fail(random_, label(random_.graph, value) + " element " + std::to_string(i) + " is " + std::to_string(real[i]) + " for " +
                          std::to_string(wanted));
    }
    values_[value] = shown->second;
  }

  const RandomGraph& random_;
  const PlanRun& found_;
  std::map<Value, Tensor> values_;
  const double bound_;
};

std::vector<Value> quantized_values(const RandomGraph& random) {
  std::vector<Value> result;
  for (std::size_t i = 0; i < random.graph.nodes().size(); ++i)
    if (std::holds_alternative<FakeQuantize>(random.graph.nodes()[i].op)) result.push_back({static_cast<NodeId>(i), 0});
  return result;
}

TEST(QuantizedPlan, KeepsWithinHalfAStepOfEveryQuantizedValue) {
  EXPECT_TRUE(rc::check([] {
    const RandomGraph random(RandomGraph::Kind::kQuantized);
    const auto observe = quantized_values(random);
    for (const Isa& isa : available_isas()) {
      const PlanRun found = run(random, {isa, observe}, 2);
      QuantizedReference(random, found).check();
    }
  }));
}

TEST(QuantizedPlan, ConvolvesInIntegersWhereDataAndWeightsAre) {
  EXPECT_TRUE(rc::check([] {
    const RandomGraph random(RandomGraph::Kind::kQuantized);
    const auto plan = *compile(random.graph);
    std::set<std::string> found;
    for (const StepInfo& step : plan->steps())
      if (step.integer) found.insert(step.node);
    for (const std::string& name : random.integer_steps)
      if (!found.contains(name)) fail(random, name + " computes in float");
  }));
}

TEST(QuantizedPlan, GivesTheSameBitsAtEveryLevelAndWithAnyThreads) {
  EXPECT_TRUE(rc::check([] {
    const RandomGraph random(RandomGraph::Kind::kQuantized);
    RC_PRE(!random.sums_floats);
    const PlanRun expected = run(random, {kPortableIsa, {}}, 1);
    for (const Isa& isa : available_isas())
      for (const int threads : {1, 3}) {
        const PlanRun found = run(random, {isa, {}}, threads);
        for (std::size_t i = 0; i < expected.outputs.size(); ++i)
          if (!same_bits(found.outputs[i], expected.outputs[i]))
            fail(random, std::string(isa.name) + " with " + std::to_string(threads) + " threads changes output " + std::to_string(i));
      }
  }));
}

}  // namespace
}  // namespace octet
