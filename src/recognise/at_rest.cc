#include "recognise/at_rest.h"

#include <algorithm>
#include <vector>

#include "graph/evaluate.h"
#include "graph/patterns.h"

namespace octet {
namespace {

// A head is a few operations on some thousand candidates; this bounds it far above.
constexpr std::int64_t kMostElements = std::int64_t{1} << 26;
constexpr std::size_t kMostNodes = 4096;

// A convolution, or what dynamic quantization makes of its sums: real numbers by one scale, or one a channel.
bool is_convolved(const Graph& graph, Value value) {
  constexpr int kMostSteps = 8;
  for (int steps = 0; steps < kMostSteps; ++steps) {
    const Node& node = graph.node(value);
    if (is_convolution(node.op)) return true;
    const bool is_scaled =
        is_binary(graph, value, BinaryKind::kMultiply) && is_per_channel(graph.shape(node.inputs[1]), node.outputs[0].shape);
    if (!is_scaled && !std::holds_alternative<Convert>(node.op)) return false;
    value = node.inputs[0];
  }
  return false;
}

bool is_bias(const Graph& graph, const Node& node) {
  const auto* binary = std::get_if<Binary>(&node.op);
  if (!binary || binary->kind != BinaryKind::kAdd) return false;
  const auto is_per_output = [&](Value value) {
    return graph.constant(value) && is_per_channel(graph.shape(value), node.outputs[0].shape);
  };
  return std::ranges::any_of(node.inputs, [&](Value value) { return is_convolved(graph, value); }) &&
         std::ranges::any_of(node.inputs, is_per_output);
}

bool rests(const Graph& graph, const Node& node) {
  return std::holds_alternative<Parameter>(node.op) || is_convolution(node.op) || is_bias(graph, node);
}

// Whether each node is computed; nothing where they are too many.
std::optional<std::vector<bool>> nodes_behind_convolutions(const Graph& graph) {
  std::vector<bool> needed(graph.nodes().size());
  std::vector<NodeId> open = graph.outputs();
  std::int64_t elements = 0;
  std::size_t count = 0;
  for (const NodeId id : open) needed[index_of(id)] = true;
  while (!open.empty()) {
    const Node& node = graph.node(open.back());
    open.pop_back();
    for (const TensorType& output : node.outputs) elements += element_count(output.shape);
    if (elements > kMostElements || ++count > kMostNodes) return std::nullopt;
    if (rests(graph, node)) continue;
    for (const Value input : node.inputs)
      if (!needed[index_of(input.node)]) {
        needed[index_of(input.node)] = true;
        open.push_back(input.node);
      }
  }
  return needed;
}

// The one output of a node that rests.
Tensor at_rest(const TensorType& type, float convolved) {
  Tensor resting(type.element, type.shape);
  if (convolved != 0 && type.element == ElementType::kF32) std::ranges::fill(resting.mutable_values<float>(), convolved);
  return resting;
}

std::vector<Tensor> value_of(const Graph& graph, const Node& node, const std::vector<std::vector<Tensor>>& values, float convolved) {
  if (const auto* constant = std::get_if<Constant>(&node.op)) return {constant->value};
  if (rests(graph, node)) return {at_rest(node.outputs[0], convolved)};
  std::vector<Tensor> inputs;
  for (const Value input : node.inputs) inputs.push_back(values[index_of(input.node)][input.port]);
  const bool passes_on = std::holds_alternative<Output>(node.op) ||
                         (std::holds_alternative<FakeQuantize>(node.op) && inputs[0].shape() == node.outputs[0].shape);
  if (passes_on) return {inputs[0]};
  return evaluate(node.op, inputs, node.outputs);
}

}  // namespace

std::optional<std::map<std::string, Tensor>> outputs_at_rest(const Graph& graph, float convolved) {
  const auto needed = nodes_behind_convolutions(graph);
  if (!needed) return std::nullopt;
  std::vector<std::vector<Tensor>> values(graph.nodes().size());
  std::map<std::string, Tensor> outputs;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    if (!(*needed)[i]) continue;
    values[i] = value_of(graph, graph.nodes()[i], values, convolved);
    if (std::holds_alternative<Output>(graph.nodes()[i].op)) outputs.emplace(graph.nodes()[i].name, values[i][0]);
  }
  return outputs;
}

}  // namespace octet
