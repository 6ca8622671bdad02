#include <algorithm>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

#include "graph/evaluate.h"
#include "runtime/graph_for_test.h"
#include "runtime/plan.h"

namespace octet {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

// Runs a graph of one input and compares every output with the specification.
void expect_as_specified(const Graph& graph, const Tensor& input, float bound = 1e-5f) {
  const auto expected = *evaluate(graph, {{graph.node(graph.parameters()[0]).name, input}});
  const auto plan = compile(graph);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  Session session(*plan, 1);
  const auto found = *session.run(std::span(&input, 1));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto a = to_vector<float>(found[i]), b = to_vector<float>(expected.at((*plan)->outputs()[i].name));
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k) ASSERT_NEAR(a[k], b[k], bound) << (*plan)->outputs()[i].name << " at " << k;
  }
}

Graph small_net() {
  SmallGraph g;
  const Value a = g.relu(g.bias(g.conv(g.input({1, 3, 9, 9}), 8)));
  g.output(g.conv(a, 5, "second"));
  return std::move(g.graph);
}

std::string error_of(const Graph& graph, const std::vector<Tensor>& inputs) {
  Session session(*compile(graph), 1);
  const auto result = session.run(inputs);
  if (result.ok()) return "";
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  return result.error().message;
}

TEST(Session, NamesTheInputOfAnotherShape) {
  EXPECT_EQ(error_of(small_net(), {numbers({1, 3, 8, 9})}), "input 'image' is f32[1,3,9,9], f32[1,3,8,9] was given");
}

TEST(Session, NamesTheInputOfAnotherType) {
  EXPECT_EQ(error_of(small_net(), {Tensor(ElementType::kU8, {1, 3, 9, 9})}), "input 'image' is f32[1,3,9,9], u8[1,3,9,9] was given");
}

TEST(Session, CountsItsInputs) {
  EXPECT_EQ(error_of(small_net(), {}), "the model takes 1 inputs, 0 were given");
  EXPECT_EQ(error_of(small_net(), {numbers({1, 3, 9, 9}), numbers({1})}), "the model takes 1 inputs, 2 were given");
}

TEST(Session, ForgetsWhatItRanBefore) {
  Session session(*compile(small_net()), 2);
  const Tensor first = numbers({1, 3, 9, 9}, 1), second = numbers({1, 3, 9, 9}, 2);
  const auto copy = [](std::span<const Tensor> outputs) { return to_vector<float>(outputs[0]); };
  const auto expected = copy(*session.run(std::span(&first, 1)));
  EXPECT_NE(copy(*session.run(std::span(&second, 1))), expected);
  EXPECT_EQ(copy(*session.run(std::span(&first, 1))), expected);
}

TEST(Session, SharesAPlanWithOthersAtOneTime) {
  const auto plan = *compile(small_net());
  constexpr int kStreams = 4;
  std::vector<std::vector<float>> found(kStreams), expected(kStreams);
  const auto run = [&](int stream, std::vector<float>& to) {
    Session session(plan, 2);
    const Tensor input = numbers({1, 3, 9, 9}, static_cast<std::uint32_t>(stream));
    for (int again = 0; again < 20; ++again) to = to_vector<float>((*session.run(std::span(&input, 1)))[0]);
  };
  std::vector<std::thread> streams;
  for (int i = 0; i < kStreams; ++i) streams.emplace_back([&, i] { run(i, found[static_cast<std::size_t>(i)]); });
  for (auto& stream : streams) stream.join();
  for (int i = 0; i < kStreams; ++i) run(i, expected[static_cast<std::size_t>(i)]);
  EXPECT_EQ(found, expected);
}

TEST(Session, TimesItsSteps) {
  Session session(*compile(small_net()), 1);
  const Tensor input = numbers({1, 3, 9, 9});
  session.enable_profile(true);
  ASSERT_TRUE(session.run(std::span(&input, 1)).ok());
  ASSERT_EQ(session.step_us().size(), session.plan().steps().size());
  for (const double us : session.step_us()) EXPECT_GT(us, 0);
}

// Denormal numbers take part in nothing while it runs, and afterwards they do again.
TEST(Session, ComputesWithoutDenormals) {
  SmallGraph g;
  const Value tiny = g.graph.emit_constant(Tensor::scalar(1e-30f)), huge = g.graph.emit_constant(Tensor::scalar(1e30f));
  const Value vanished = g.graph.emit(Binary{BinaryKind::kMultiply}, {g.input({2, 3}), tiny});
  g.output(g.graph.emit(Binary{BinaryKind::kMultiply}, {vanished, huge}));
  Session session(*compile(g.graph), 1);
  const Tensor input = Tensor::of<float>({2, 3}, {1, 1e-3f, 1e-9f, 1e-10f, -1e-12f, 0});
  const auto found = to_vector<float>((*session.run(std::span(&input, 1)))[0]);
  for (const std::size_t i : {3u, 4u, 5u}) EXPECT_EQ(found[i], 0) << i;
  EXPECT_NEAR(found[0], 1, 1e-6);
  volatile float smallest = std::numeric_limits<float>::min();
  EXPECT_NE(smallest * 0.5f, 0);
}

TEST(Session, ReadsAnInputAtAnyAddress) {
  // Four bytes into an allocation, as floats of a mapped file may lie.
  auto bytes = std::make_shared<std::vector<float>>(1 + 3 * 9 * 9, 0.5f);
  const Tensor input(ElementType::kF32, {1, 3, 9, 9}, std::as_bytes(std::span(*bytes).subspan(1)), bytes);
  expect_as_specified(small_net(), input);
}

TEST(Session, GivesAnInputThatIsAnOutputBack) {
  SmallGraph g;
  g.output(g.input({2, 3, 4, 5}));
  const Tensor input = numbers({2, 3, 4, 5});
  Session session(*compile(g.graph), 1);
  EXPECT_EQ(to_vector<float>((*session.run(std::span(&input, 1)))[0]), to_vector<float>(input));
}

TEST(Session, GivesAConstantThatIsAnOutput) {
  SmallGraph g;
  g.input({1, 1, 1, 1});
  g.output(g.graph.emit_constant(numbers({3})));
  expect_as_specified(g.graph, numbers({1, 1, 1, 1}));
}

TEST(Session, JoinsImagesAlongTheBatchBesideReadingThem) {
  SmallGraph g;
  const Value a = g.conv(g.input({1, 3, 5, 5}), 4);
  g.output(g.concat({a, a}, 0));
  g.output(g.conv(a, 2), "interleaved");
  expect_as_specified(g.graph, numbers({1, 3, 5, 5}));
}

TEST(Session, ResizesWholePlacesWithoutRounding) {
  for (const std::int64_t from : {3, 7, 49})
    for (const std::int64_t to : {1, 3, 98, 100}) {
      SmallGraph g;
      const Value image = g.relu(g.conv(g.input({1, 1, from, 1}), 1));
      g.output(g.graph.emit(Interpolate{}, {image, g.integers({to, 1})}));
      expect_as_specified(g.graph, numbers({1, 1, from, 1}));
    }
}

struct QuantizedForm {
  std::int64_t levels;
  std::vector<float> in_low, in_high, out_low, out_high;
};

// Channels of activations as quantizers leave them: zero between two levels, limits of another output, few levels, one level apart.
TEST(Session, QuantizesInFloatsToTheLastBit) {
  const std::vector<QuantizedForm> forms{
      {256, {-0.0053f, 0, -1}, {3.179f, 2.55f, 0.3f}, {-0.0053f, 0, -1}, {3.179f, 2.55f, 0.3f}},
      {256, {-1}, {1}, {-1}, {1}},
      {255, {-1}, {1}, {0}, {254}},
      {16, {0, -1, 0.25f}, {1}, {-3}, {5}},
      {2, {0}, {1}, {-1}, {1}},
      {256, {1}, {-1}, {-1}, {1}},
  };
  Tensor input = numbers({1, 3, 7, 9});
  const auto values = input.mutable_values<float>();
  for (float& value : values) value *= 4;
  const float special[] = {0.0f,
                           -0.0f,
                           1.0f,
                           -1.0f,
                           std::numeric_limits<float>::infinity(),
                           -std::numeric_limits<float>::infinity(),
                           std::numeric_limits<float>::quiet_NaN()};
  std::ranges::copy(special, values.begin());
  for (const QuantizedForm& form : forms) {
    SmallGraph g;
    const auto limit = [&](const std::vector<float>& of) {
      return g.graph.emit_constant(Tensor::of<float>({1, static_cast<std::int64_t>(of.size()), 1, 1}, of));
    };
    g.output(g.graph.emit(FakeQuantize{form.levels},
                          {g.input({1, 3, 7, 9}), limit(form.in_low), limit(form.in_high), limit(form.out_low), limit(form.out_high)}));
    const auto plan = *compile(g.graph);
    EXPECT_TRUE(std::ranges::any_of(plan->steps(), [](const StepInfo& step) { return step.op == "fake quantize"; }));
    const auto expected = *evaluate(g.graph, {{"image", input}});
    for (const int threads : {1, 3}) {
      Session session(plan, threads);
      const auto found = *session.run(std::span(&input, 1));
      EXPECT_TRUE(std::ranges::equal(found[0].bytes(), expected.at("out").bytes())) << form.levels << " levels";
    }
  }
}

// What is no image, as importers of quantized files leave it behind a Reshape, with one scale.
TEST(Session, QuantizesRowsInFloatsToTheLastBit) {
  const Tensor input = numbers({2, 5, 9});
  SmallGraph g;
  const Value low = g.graph.emit_constant(Tensor::scalar(-0.25f)), high = g.graph.emit_constant(Tensor::scalar(0.7f));
  g.output(g.graph.emit(FakeQuantize{256}, {g.input({2, 5, 9}), low, high, low, high}));
  const auto plan = *compile(g.graph);
  EXPECT_TRUE(std::ranges::any_of(plan->steps(), [](const StepInfo& step) { return step.op == "fake quantize"; }));
  const auto expected = *evaluate(g.graph, {{"image", input}});
  for (const int threads : {1, 3}) {
    Session session(plan, threads);
    const auto found = *session.run(std::span(&input, 1));
    EXPECT_TRUE(std::ranges::equal(found[0].bytes(), expected.at("out").bytes())) << threads << " threads";
  }
}

TEST(Session, ComputesHalfPrecisionBySpecification) {
  SmallGraph g;
  const Value image = g.graph.emit(Parameter{ElementType::kF16, {1, 2, 4, 4}}, {}, "image");
  const Value weights = g.graph.emit_constant(converted(numbers({3, 2, 3, 3}), ElementType::kF16));
  const Value conv = g.graph.emit(Convolution{}, {image, weights});
  g.output(g.graph.emit(MaxPool{{2, 2}, {1, 1}, {1, 1}, {}, Rounding::kFloor}, {g.relu(conv)}));
  expect_as_specified(g.graph, converted(numbers({1, 2, 4, 4}), ElementType::kF16), 0);
}

TEST(Session, RunsGraphsOfNothing) {
  SmallGraph g;
  const Value image = g.input({0, 3, 5, 5});
  g.output(g.relu(g.bias(g.conv(image, 4))));
  g.output(g.concat({image, image}), "joined");
  expect_as_specified(g.graph, Tensor(ElementType::kF32, {0, 3, 5, 5}));
}

TEST(Session, TakesItsInputsInTheirOrder) {
  SmallGraph g;
  const Value a = g.input({1, 2}, "first"), b = g.input({1, 2}, "second");
  g.output(g.graph.emit(Binary{BinaryKind::kSubtract}, {a, b}));
  const auto plan = *compile(g.graph);
  EXPECT_EQ(plan->inputs()[1].name, "second");
  Session session(plan, 1);
  const std::vector<Tensor> inputs{Tensor::of<float>({1, 2}, std::vector{5.0f, 7.0f}), Tensor::of<float>({1, 2}, std::vector{1.0f, 2.0f})};
  EXPECT_EQ(to_vector<float>((*session.run(inputs))[0]), (std::vector{4.0f, 5.0f}));
}

TEST(Compile, ChainsOfAnyLengthNeedNoStack) {
  constexpr int kLength = 50000;
  Graph graph;
  Value value = graph.emit(Parameter{ElementType::kF32, {1, 4}}, {}, "in");
  const Value shape = graph.emit_constant(Tensor::of<std::int64_t>({2}, std::vector<std::int64_t>{1, 4}));
  value = graph.emit(Unary{UnaryKind::kExp}, {value});
  for (int i = 0; i < kLength; ++i) value = graph.emit(Reshape{}, {value, shape});
  Value constant = graph.emit_constant(Tensor::scalar(1.0f));
  for (int i = 0; i < kLength; ++i) constant = graph.emit(Unary{UnaryKind::kAbs}, {constant});
  graph.emit(Output{}, {graph.emit(Binary{BinaryKind::kMultiply}, {value, constant})}, "out");
  const auto plan = compile(graph);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  const Tensor input = Tensor::of<float>({1, 4}, std::vector<float>{0, 0, 0, 0});
  Session session(*plan, 1);
  const auto outputs = session.run(std::span(&input, 1));
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(to_vector<float>((*outputs)[0]), (std::vector<float>{1, 1, 1, 1}));
}

std::string refusal(const Graph& graph, const RuntimeOptions& options, ErrorCode code) {
  const auto plan = compile(graph, options);
  if (plan.ok()) return "";
  EXPECT_EQ(plan.error().code, code);
  return plan.error().message;
}

RuntimeOptions with_memory(std::uint64_t megabytes) {
  RuntimeOptions options;
  options.memory_limit = megabytes * 1000 * 1000;
  return options;
}

TEST(Compile, NamesTheNodeWhoseResultIsTooLarge) {
  // 2^30 elements of a few bytes of file.
  SmallGraph g;
  const Value row = g.input({1, 1, 1, 1 << 15});
  g.output(g.add(row, g.input({1, 1, 1 << 15, 1}, "column"), "outer"));
  EXPECT_EQ(refusal(g.graph, with_memory(4000), ErrorCode::kUnsupported),
            "node 'outer': the memory needed, 4294 MB, exceeds the 4000 MB that there are");
}

TEST(Compile, NamesTheConstantThatIsTooLargeBeforeItIsComputed) {
  SmallGraph g;
  const Value row = g.graph.emit_constant(numbers({1, 1 << 15})), column = g.graph.emit_constant(numbers({1 << 15, 1}));
  g.output(g.add(row, column, "outer"));
  EXPECT_EQ(refusal(g.graph, with_memory(4000), ErrorCode::kUnsupported),
            "node 'outer': the memory needed, 4294 MB, exceeds the 4000 MB that there are");
}

TEST(Compile, CountsAllConstantsThatAreComputed) {
  SmallGraph g;
  Value doubled = g.graph.emit_constant(numbers({1, 1 << 10}));
  for (int i = 0; i < 16; ++i) doubled = g.graph.emit(Concat{1}, {doubled, doubled}, "double" + std::to_string(i));
  g.output(g.add(g.input({1, 1}), doubled));  // 268 MB, made by way of half, a quarter ... of it
  EXPECT_EQ(refusal(g.graph, with_memory(400), ErrorCode::kUnsupported),
            "node 'double15': the memory needed, 536 MB, exceeds the 400 MB that there are");
}

TEST(Compile, CountsAllThatASessionTakes) {
  SmallGraph g;
  const Value image = g.input({1, 1, 512, 512});
  g.output(g.conv(image, 8));  // 8.4 MB in the arena, as much for the output, the input twice
  EXPECT_EQ(refusal(g.graph, with_memory(10), ErrorCode::kUnsupported),
            "node 'conv': the memory needed, 18 MB, exceeds the 10 MB that there are");
  EXPECT_EQ(refusal(g.graph, with_memory(20), ErrorCode::kUnsupported), "");
}

RuntimeOptions with_picture() {
  RuntimeOptions options;
  options.picture_input = true;
  return options;
}

TEST(PictureInput, IsBytesWithInterleavedChannels) {
  const auto plan = *compile(small_net(), with_picture());
  EXPECT_EQ(plan->inputs()[0].type, (TensorType{ElementType::kU8, {1, 9, 9, 3}}));
}

TEST(PictureInput, IsOneFloatImage) {
  SmallGraph two;
  two.output(two.add(two.input({1, 3, 4, 4}), two.input({1, 3, 4, 4}, "other")));
  EXPECT_EQ(refusal(two.graph, with_picture(), ErrorCode::kInvalidArgument), "a model of 2 inputs does not take a picture");
  SmallGraph flat;
  flat.output(flat.relu(flat.input({1, 4})));
  EXPECT_EQ(refusal(flat.graph, with_picture(), ErrorCode::kInvalidArgument), "input 'image' is f32[1,4], not a picture f32[N,C,H,W]");
}

TEST(PictureInput, GoesIntoTheFirstQuantizationAtOnce) {
  SmallGraph g;
  const Value scaled = g.graph.emit(Binary{BinaryKind::kMultiply}, {g.input({1, 3, 5, 5}), g.graph.emit_constant(Tensor::scalar(0.01f))});
  g.output(g.integer_conv(g.quantize(g.bias(scaled)), 8));
  const auto plan = *compile(g.graph, with_picture());
  EXPECT_EQ(plan->steps()[0].op, "quantize input");
  EXPECT_EQ(plan->steps()[1].op, "convolution");
}

}  // namespace
}  // namespace octet
