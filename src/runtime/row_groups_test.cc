#include "runtime/row_groups.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "runtime/graph_for_test.h"
#include "runtime/graph_sketch_for_test.h"

namespace octet {
namespace {

using runtime_test::chance;
using runtime_test::numbers;
using runtime_test::pick;
using runtime_test::SmallGraph;

constexpr std::int64_t kNoLimit = std::int64_t{1} << 40;

// Layers one after another, as networks of small ones have them: of any window, with sums of earlier values, quantized or not, or with only
// what convolutions read quantized.
class Chain : public SmallGraph {
 public:
  Chain() : quantized_(chance(60)), wide_(quantized_ && chance(40)) {
    value_ = maybe_quantized(input({pick(1, 2), pick(1, 20), pick(1, 60), pick(1, 12)}));
    for (int layers = pick(2, 8); layers > 0; --layers) add_layer();
    output(value_);
  }

 private:
  Value maybe_quantized(Value value) { return wide_ || chance(10) ? value : as_bytes(value); }

  Value as_bytes(Value value) { return quantized_ ? quantize(value, "fq" + std::to_string(++named_), 3) : value; }

  void add_layer() {
    earlier_.push_back(value_);
    Value next = chance(20) ? relu(value_) : convolution(chance(50));
    if (chance(50)) next = graph.emit(Unary{chance(50) ? UnaryKind::kRelu : UnaryKind::kSwish}, {next});
    value_ = maybe_quantized(next);
    const Value other = earlier_[static_cast<std::size_t>(pick(0, static_cast<int>(earlier_.size()) - 1))];
    if (graph.shape(other) == graph.shape(value_)) value_ = maybe_quantized(add(value_, other));
    if (chance(5)) output(value_, "also" + std::to_string(++named_));
  }

  Value convolution(bool depthwise) {
    constexpr int kSizes[] = {1, 1, 2, 3, 3, 5};
    const Value data = wide_ ? as_bytes(value_) : value_;
    const Shape shape = graph.shape(data);
    Spatial kernel, strides;
    Pads pads;
    for (std::size_t axis = 0; axis < 2; ++axis) {
      kernel[axis] = kSizes[pick(0, 5)];
      strides[axis] = chance(70) ? 1 : pick(2, 3);
      pads.begin[axis] = pick(0, static_cast<int>(kernel[axis]) - 1);
      pads.end[axis] = pick(0, static_cast<int>(kernel[axis]) - 1);
      if (shape[2 + axis] + pads.begin[axis] + pads.end[axis] < kernel[axis]) kernel[axis] = 1, pads.begin[axis] = pads.end[axis] = 0;
    }
    const std::int64_t channels = shape[1];
    if (depthwise) return graph.emit(GroupConvolution{strides, {1, 1}, pads}, {data, weights({channels, 1, 1, kernel[0], kernel[1]})});
    return graph.emit(Convolution{strides, {1, 1}, pads}, {data, weights({pick(1, 40), channels, kernel[0], kernel[1]})});
  }

  Value weights(const Shape& shape) {
    const auto seed = static_cast<std::uint32_t>(pick(1, 1000));
    if (!quantized_) return graph.emit_constant(numbers(shape, seed));
    Tensor bytes(ElementType::kI8, shape);
    std::ranges::transform(numbers(shape, seed).values<float>(), bytes.mutable_values<std::int8_t>().begin(),
                           [](float number) { return static_cast<std::int8_t>(number * 127); });
    const Value wide = graph.emit(Convert{ElementType::kF32}, {graph.emit_constant(bytes)});
    return graph.emit(Binary{BinaryKind::kMultiply}, {wide, graph.emit_constant(Tensor::scalar(0.004f))});
  }

  bool quantized_, wide_;
  int named_ = 0;
  Value value_;
  std::vector<Value> earlier_;
};

std::vector<std::vector<std::byte>> results(const std::shared_ptr<const Plan>& plan, const Tensor& input, int threads) {
  Session session(plan, threads);
  std::vector<std::vector<std::byte>> bytes;
  for (int again = 0; again < 2; ++again) {
    bytes.clear();
    const auto outputs = session.run(std::span(&input, 1));
    if (!outputs.ok()) RC_FAIL(outputs.error().message);
    for (const Tensor& output : *outputs) bytes.emplace_back(output.bytes().begin(), output.bytes().end());
  }
  return bytes;
}

std::shared_ptr<const Plan> plan_of(const Graph& graph, std::int64_t cache_bytes, const Isa& isa = active_isa()) {
  RuntimeOptions options;
  options.isa = isa;
  options.cache_bytes = cache_bytes;
  return *compile(graph, options);
}

bool has_strips(const Plan& plan) {
  return std::ranges::any_of(plan.data().groups, [](const RowGroup& group) { return group.strip_rows < group.height; });
}

TEST(RowGroups, GiveTheBitsOfWholeLayersWhateverTheStripsAndThreads) {
  int with_strips = 0;
  EXPECT_TRUE(rc::check([&] {
    const Chain chain;
    const Tensor input = numbers(chain.graph.shape({chain.graph.parameters()[0], 0}), 5);
    for (const Isa& isa : available_isas()) {
      const auto expected = results(plan_of(chain.graph, kNoLimit, isa), input, 1);
      for (int i = 0; i < 3; ++i) {
        const std::int64_t cache_bytes = std::int64_t{1} << pick(8, 17);
        const auto plan = plan_of(chain.graph, cache_bytes, isa);
        with_strips += has_strips(*plan);
        const int threads = pick(1, 3);
        if (results(plan, input, threads) != expected)
          RC_FAIL(std::string(isa.name) + ", cache of " + std::to_string(cache_bytes) + ", " + std::to_string(threads) + " threads\n" +
                  dump(chain.graph));
      }
    }
  }));
  EXPECT_GT(with_strips, 50);
}

// Expand, depthwise, project and the sum with what the block began with; of a depthwise layer with strides no sum.
struct Block : SmallGraph {
  Value expanded, sum;

  explicit Block(std::int64_t height, std::int64_t stride = 1) {
    const Value data = relu(conv(input({1, 3, height, 40}), 8, "first"));
    expanded = relu(graph.emit(Convolution{}, {data, graph.emit_constant(numbers({48, 8, 1, 1}))}, "expand"));
    const Value depthwise = graph.emit(GroupConvolution{{stride, stride}, {1, 1}, {{1, 1}, {1, 1}}},
                                       {expanded, graph.emit_constant(numbers({48, 1, 1, 3, 3}))}, "depthwise");
    sum = graph.emit(Convolution{}, {depthwise, graph.emit_constant(numbers({8, 48, 1, 1}))}, "project");
    if (stride == 1) sum = add(data, sum);
  }
};

std::vector<std::string> nodes_of_groups(const Plan& plan) {
  std::vector<std::string> nodes;
  for (const RowGroup& group : plan.data().groups)
    for (std::size_t i = 0; i < group.steps(); ++i) nodes.push_back(plan.steps()[group.first + i].node);
  return nodes;
}

TEST(RowGroups, JoinABlockWithItsSum) {
  Block block(40);
  block.output(block.sum);
  const auto plan = plan_of(block.graph, 256 * 1024);
  EXPECT_EQ(nodes_of_groups(*plan), (std::vector<std::string>{"first", "expand", "depthwise", "project"}));
  EXPECT_TRUE(std::ranges::none_of(plan->steps(), [](const StepInfo& step) { return step.op == "add"; }));
  ASSERT_EQ(plan->data().groups.size(), 1u);
  EXPECT_LT(plan->data().groups[0].strip_rows, 40);
}

// Expand, project and the sum with what the block began with, in floats, of which a convolution reads bytes.
TEST(RowGroups, EndWithASumInFloatsAndItsBytes) {
  SmallGraph block;
  const Value data = block.integer_conv(block.quantize(block.input({1, 8, 40, 40})), 8, "first");
  const Value expanded = block.quantize(block.integer_conv(block.quantize(data, "bytes", 9), 48, "expand"), "expanded", 30);
  const Value sum = block.add(data, block.integer_conv(expanded, 8, "project"));
  block.output(block.integer_conv(block.quantize(sum, "sum", 100), 4, "last"));
  block.output(sum, "wide");
  const auto plan = plan_of(block.graph, 64 * 1024);
  EXPECT_EQ(nodes_of_groups(*plan), (std::vector<std::string>{"expand", "project"}));
  for (const StepInfo& step : plan->steps()) EXPECT_TRUE(step.op != "add" && step.op != "quantize") << step.node;
}

// Half of the cache has two rows of the last step, which take four new rows of what is expanded.
TEST(RowGroups, CountTheRowsOfTheHighestImage) {
  Block block(40, 2);
  block.output(block.sum);
  const auto plan = plan_of(block.graph, 128 * 1024);
  EXPECT_EQ(nodes_of_groups(*plan), (std::vector<std::string>{"first", "expand", "depthwise", "project"}));
  ASSERT_EQ(plan->data().groups.size(), 1u);
  EXPECT_EQ(plan->data().groups[0].strip_rows, 2);
}

// Three layers before a block: as many steps as can be joined from the first one on would end with what is expanded, the largest image.
TEST(RowGroups, EndWhereLeastIsWritten) {
  SmallGraph net;
  Value data = net.input({1, 3, 40, 40});
  for (const char* name : {"first", "second", "third"}) data = net.relu(net.conv(data, 8, name));
  data = net.relu(net.graph.emit(Convolution{}, {data, net.graph.emit_constant(numbers({48, 8, 1, 1}))}, "expand"));
  const GroupConvolution halving{{2, 2}, {1, 1}, {{1, 1}, {1, 1}}};
  data = net.graph.emit(halving, {data, net.graph.emit_constant(numbers({48, 1, 1, 3, 3}))}, "depthwise");
  net.output(net.graph.emit(Convolution{}, {data, net.graph.emit_constant(numbers({8, 48, 1, 1}))}, "project"));
  const auto plan = plan_of(net.graph, 128 * 1024);
  EXPECT_EQ(nodes_of_groups(*plan), (std::vector<std::string>{"first", "second", "third", "expand", "depthwise", "project"}));
  ASSERT_EQ(plan->data().groups.size(), 2u);
  EXPECT_EQ(plan->steps()[plan->data().groups[1].first].node, "third");
}

TEST(RowGroups, LeaveOutWhatOthersRead) {
  Block block(40);
  block.output(block.sum);
  block.output(block.expanded, "more");
  EXPECT_EQ(nodes_of_groups(*plan_of(block.graph, 256 * 1024)), (std::vector<std::string>{"depthwise", "project"}));
}

TEST(RowGroups, LeaveOutWhatIsObserved) {
  Block block(40);
  block.output(block.sum);
  RuntimeOptions options;
  options.observe = {block.expanded};
  const auto nodes = nodes_of_groups(**compile(block.graph, options));
  EXPECT_EQ(std::ranges::count(nodes, "expand"), 0);
}

TEST(RowGroups, TakeAllRowsWhereTheCacheHasThem) {
  Block block(40);
  block.output(block.sum);
  const auto plan = plan_of(block.graph, kNoLimit);
  for (const RowGroup& group : plan->data().groups) EXPECT_EQ(group.strip_rows, group.height);
}

// The second of two threads computes a row again on each side of a window: too much of few rows.
TEST(RowGroups, DoNotComputeMuchTwice) {
  Block block(6);
  block.output(block.sum);
  const auto plan = plan_of(block.graph, kNoLimit);
  for (const RowGroup& group : plan->data().groups) EXPECT_LE(group.cost_of_border, 1.0 / 16);
}

TEST(RowGroups, ShareTheirTimeAmongTheirSteps) {
  Block block(40);
  block.output(block.sum);
  for (const int threads : {1, 2}) {
    Session session(plan_of(block.graph, 256 * 1024), threads);
    session.enable_profile(true);
    const Tensor input = numbers({1, 3, 40, 40});
    ASSERT_TRUE(session.run(std::span(&input, 1)).ok());
    for (const double us : session.step_us()) EXPECT_GT(us, 0);
  }
}

}  // namespace
}  // namespace octet
