#include "passes/fold_constants.h"

#include <algorithm>

#include "graph/evaluate.h"
#include "passes/rewrite.h"
#include "passes/stored_weights.h"

namespace octet::passes {
namespace {

// The inputs of a node if they are all known; nothing for what has none or does not compute.
std::vector<Tensor> constant_inputs(const Graph& graph, const Node& node) {
  if (std::holds_alternative<Output>(node.op)) return {};
  std::vector<Tensor> values;
  for (const Value input : node.inputs) {
    const Tensor* value = graph.constant(input);
    if (!value) return {};
    values.push_back(*value);
  }
  return values;
}

std::vector<Tensor> known_outputs(const Graph& graph, const Node& node) {
  if (const auto* shape_of = std::get_if<ShapeOf>(&node.op)) {
    const Shape& shape = graph.shape(node.inputs[0]);
    return {converted(Tensor::of<std::int64_t>({static_cast<std::int64_t>(shape.size())}, shape), shape_of->type)};
  }
  const auto inputs = constant_inputs(graph, node);
  return inputs.empty() ? std::vector<Tensor>{} : evaluate(node.op, inputs, node.outputs);
}

bool fits(const Node& node, const FoldLimits& limits) {
  return std::all_of(node.outputs.begin(), node.outputs.end(),
                     [&](const TensorType& output) { return element_count(output.shape) <= limits.elements; });
}

}  // namespace

bool fold_constants(Graph& graph, const FoldLimits& limits) {
  const auto stays = stored_weights(graph);
  bool changed = false;
  for (std::size_t i = 0, count = graph.nodes().size(); i < count; ++i) {
    const auto id = static_cast<NodeId>(i);
    if (stays[i] || !fits(graph.node(id), limits)) continue;
    const auto values = known_outputs(graph, graph.node(id));
    for (std::size_t port = 0; port < values.size(); ++port) {
      replace(graph, {id, static_cast<std::uint32_t>(port)}, graph.emit_constant(values[port]));
      changed = true;
    }
  }
  if (changed) graph.tidy();
  return changed;
}

}  // namespace octet::passes
