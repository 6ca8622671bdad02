#include <algorithm>
#include <optional>

#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/stored_weights.h"

namespace octet::passes {
namespace {

bool is_of_tensor(const Graph& graph, const Node& node) {
  return std::holds_alternative<FakeQuantize>(node.op) && std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&](Value limit) {
           const Tensor* constant = graph.constant(limit);
           return constant && constant->size() == 1;
         });
}

// Whether an operation hands its first input's elements on as they are, in another place.
bool moves_elements(const Op& op) {
  return std::holds_alternative<Reshape>(op) || std::holds_alternative<Transpose>(op) || std::holds_alternative<Squeeze>(op) ||
         std::holds_alternative<Unsqueeze>(op) || std::holds_alternative<VariadicSplit>(op) || std::holds_alternative<Split>(op) ||
         std::holds_alternative<StridedSlice>(op);
}

// The quantizer of a whole tensor whose values reach `value` by way of a change of shape; nothing without one.
std::optional<NodeId> moved_quantizer(const Graph& graph, Value value) {
  constexpr int kMostMoves = 16;
  bool is_reshaped = false;  // what is merely split stays in integers by itself
  for (int moves = 0; moves < kMostMoves; ++moves) {
    const Node& node = graph.node(value);
    if (is_reshaped && is_of_tensor(graph, node)) return value.node;
    if (!moves_elements(node.op)) return std::nullopt;
    is_reshaped |= !splits_channels(graph, node);
    value = node.inputs[0];
  }
  return std::nullopt;
}

}  // namespace

bool repeat_quantizers(Graph& graph) {
  const std::vector<bool> stored = stored_weights(graph);
  bool changed = false;
  for (std::size_t i = 0, count = graph.nodes().size(); i < count; ++i) {
    const auto id = static_cast<NodeId>(i);
    const Node node = graph.node(id);
    if (!is_convolution(node.op) || !stored[index_of(node.inputs[1].node)]) continue;
    const auto quantizer = moved_quantizer(graph, node.inputs[0]);
    if (!quantizer) continue;
    std::vector<Value> inputs = graph.node(*quantizer).inputs;
    inputs[0] = node.inputs[0];
    graph.set_input(id, 0, graph.emit(graph.node(*quantizer).op, std::move(inputs), graph.node(*quantizer).name + "/again"));
    changed = true;
  }
  if (changed) graph.tidy();
  return changed;
}

}  // namespace octet::passes
