#include "runtime/step_dependencies.h"

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "graph/op_schema.h"
#include "graph/patterns.h"
#include "runtime/random_graph_for_test.h"

namespace octet {
namespace {

using runtime_test::chance;
using runtime_test::RandomGraph;

constexpr double kFloatBound = 2e-5;  // as in plan_test.cc
constexpr float kFactor = 0.5f;

// Some of the images that a node computes, in their order.
std::vector<Value> some_images(const RandomGraph& random) {
  std::vector<Value> images;
  for (const auto& [value, tensor] : random.values) {
    const Op& op = random.graph.node(value).op;
    if (tensor.type() != ElementType::kF32 || tensor.shape().size() != 4 || schema_of(op).traits.only_moves_values) continue;
    if (is_convolution(op) || std::holds_alternative<Unary>(op) || std::holds_alternative<Binary>(op))
      if (chance(60)) images.push_back(value);
  }
  return images;
}

// The graph with half of each of the values right behind it, which nothing reads.
struct Halved {
  Graph graph;
  std::vector<Substitute> substitutes;
};

Halved with_halves(const Graph& graph, const std::vector<Value>& values) {
  Halved halved;
  const Value half = halved.graph.emit_constant(Tensor::scalar(kFactor), "half");
  std::vector<NodeId> copies;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    std::vector<Value> inputs;
    for (const Value input : node.inputs) inputs.push_back({copies[index_of(input.node)], input.port});
    copies.push_back(halved.graph.emit(node.op, std::move(inputs), node.name).node);
    if (std::ranges::find(values, Value{static_cast<NodeId>(i), 0}) == values.end()) continue;
    const Value value{copies.back(), 0};
    // Of the value, or of the same from what it is computed from.
    const Value same = chance(50) ? value : halved.graph.emit(node.op, halved.graph.node(value).inputs, node.name + "_again");
    halved.substitutes.push_back({value, halved.graph.emit(Binary{BinaryKind::kMultiply}, {same, half})});
  }
  return halved;
}

// The graph in which half of a value is in its place.
Graph halving(Graph graph, Value value) {
  const Value half = graph.emit(Binary{BinaryKind::kMultiply}, {value, graph.emit_constant(Tensor::scalar(kFactor))});
  graph.replace_uses(value, half);
  graph.set_input(half.node, 0, value);
  graph.tidy();
  return graph;
}

void expect_outputs(std::span<const Tensor> found, const Graph& graph, const RandomGraph& random, const std::string& what) {
  Session session(*compile(graph), 1);
  const auto expected = *session.run(random.inputs);
  const double bound = kFloatBound * (1 + static_cast<double>(random.magnitude()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto a = to_vector<double>(found[i]), b = to_vector<double>(expected[i]);
    for (std::size_t at = 0; at < a.size(); ++at)
      if (!(std::fabs(a[at] - b[at]) <= bound))
        RC_FAIL(what + ": element " + std::to_string(at) + " of output " + std::to_string(i) + " is " + std::to_string(a[at]) +
                " instead of " + std::to_string(b[at]) + "\n" + dump(graph));
  }
}

TEST(RunWith, GivesWhatTheGraphWithTheSubstituteGives) {
  EXPECT_TRUE(rc::check([] {
    const RandomGraph random(RandomGraph::Kind::kFloat);
    const auto images = some_images(random);
    const Halved halved = with_halves(random.graph, images);
    RuntimeOptions options;
    options.substitutes = halved.substitutes;
    options.kept_bytes = chance(30) ? 0 : chance(50) ? 2000 : 1 << 20;
    auto plan = compile(halved.graph, options);
    if (!plan.ok()) RC_FAIL(plan.error().message);
    Session session(*plan, chance(50) ? 1 : 2);
    for (int again = 0; again < 2; ++again) {
      expect_outputs(*session.run(random.inputs), random.graph, random, "no substitute");
      for (std::size_t i = images.size(); i-- > 0;)
        if (chance(70))
          expect_outputs(*session.run_with(i, random.inputs), halving(random.graph, images[i]), random, random.graph.node(images[i]).name);
    }
  }));
}

}  // namespace
}  // namespace octet
