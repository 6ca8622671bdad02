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

bool is_quantized(const Graph& graph, const std::vector<bool>& stored, Value value) {
  return stored[index_of(value.node)] || is_of_tensor(graph, graph.node(value)) || moved_quantizer(graph, value);
}

// The inputs in front of which a quantizer helps: the data of a convolution with stored weights, the factors of a product that are both
// quantized.
std::vector<std::size_t> integer_inputs(const Graph& graph, const std::vector<bool>& stored, const Node& node) {
  if (is_convolution(node.op) && stored[index_of(node.inputs[1].node)]) return {0};
  const bool is_product = std::holds_alternative<MatMul>(node.op) &&
                          std::ranges::all_of(node.inputs, [&](Value factor) { return is_quantized(graph, stored, factor); });
  return is_product ? std::vector<std::size_t>{0, 1} : std::vector<std::size_t>();
}

// Puts the quantizer of which input `i` is a moved copy in front of it; false where there is none.
bool repeat_in_front(Graph& graph, NodeId id, std::size_t i) {
  const Value data = graph.node(id).inputs[i];
  const auto quantizer = moved_quantizer(graph, data);
  if (!quantizer) return false;
  std::vector<Value> inputs{data};
  for (std::size_t limit = 1; limit < 5; ++limit)  // of any rank, as what they are of has another one now
    inputs.push_back(graph.emit_constant(graph.constant(graph.node(*quantizer).inputs[limit])->reshaped({})));
  graph.set_input(id, i, graph.emit(graph.node(*quantizer).op, std::move(inputs), graph.node(*quantizer).name + "/again"));
  return true;
}

}  // namespace

bool repeat_quantizers(Graph& graph) {
  const std::vector<bool> stored = stored_weights(graph);
  bool changed = false;
  for (std::size_t i = 0, count = graph.nodes().size(); i < count; ++i) {
    const auto id = static_cast<NodeId>(i);
    for (const std::size_t input : integer_inputs(graph, stored, graph.node(id))) changed |= repeat_in_front(graph, id, input);
  }
  if (changed) graph.tidy();
  return changed;
}

}  // namespace octet::passes
