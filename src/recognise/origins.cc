#include "recognise/origins.h"

#include <algorithm>

#include "graph/op_functions.h"

namespace octet {
namespace {

// Changes of shape and of the element type.
bool keeps_numbers(const Op& op) {
  return std::holds_alternative<Reshape>(op) || std::holds_alternative<Transpose>(op) || std::holds_alternative<Squeeze>(op) ||
         std::holds_alternative<Unsqueeze>(op) || std::holds_alternative<Convert>(op);
}

// Whether a value is something times a negative number.
bool is_negated(const Graph& graph, Value value) {
  if (is_unary(graph, value, UnaryKind::kNegative)) return true;
  if (!is_binary(graph, value, BinaryKind::kMultiply)) return false;
  return std::ranges::any_of(graph.node(value).inputs, [&](Value factor) {
    const Tensor* constant = graph.constant(factor);
    return constant && constant->type() == ElementType::kF32 && constant->size() == 1 && constant->values<float>()[0] < 0;
  });
}

bool is_difference(const Graph& graph, Value value) {
  if (is_binary(graph, value, BinaryKind::kSubtract)) return true;
  return is_binary(graph, value, BinaryKind::kAdd) &&
         std::ranges::any_of(graph.node(value).inputs, [&](Value term) { return is_negated(graph, origin_of(graph, term)); });
}

// The operation behind a value, bounds of it and products with constants left out, too.
Value origin_of_unscaled(const Graph& graph, Value value) {
  for (int hops = 0; hops < 8; ++hops) {
    value = origin_of(graph, value);
    const Node& node = graph.node(value);
    const bool is_scaled = is_binary(graph, value, BinaryKind::kMultiply);
    if (!is_scaled && !std::holds_alternative<Clamp>(node.op)) break;
    const auto computed = std::ranges::find_if(node.inputs, [&](Value input) { return !graph.constant(input); });
    if (is_scaled && std::ranges::none_of(node.inputs, [&](Value input) { return graph.constant(input) != nullptr; })) break;
    if (computed == node.inputs.end()) break;
    value = *computed;
  }
  return value;
}

}  // namespace

Value origin_of(const Graph& graph, Value value) {
  for (int hops = 0; hops < 32; ++hops) {
    const Node& node = graph.node(value);
    const bool copies = keeps_numbers(node.op) || std::holds_alternative<FakeQuantize>(node.op) || std::holds_alternative<Gather>(node.op);
    if (!copies) break;
    value = node.inputs[0];
  }
  return value;
}

bool is_projected(const Graph& graph, Value value) {
  for (int hops = 0; hops < 64; ++hops) {
    const Node& node = graph.node(value);
    if (std::holds_alternative<MatMul>(node.op)) return true;
    if (is_convolution(node.op)) return false;
    const auto computed = std::ranges::find_if(node.inputs, [&](Value input) { return !graph.constant(input); });
    if (computed == node.inputs.end()) return false;
    value = *computed;
  }
  return false;
}

bool is_of_whole_numbers(const Graph& graph, Value value) {
  for (int hops = 0; hops < 32; ++hops) {
    const Node& node = graph.node(value);
    if (std::holds_alternative<Convert>(node.op) && ops::is_integer(graph.type(node.inputs[0]).element)) return true;
    if (!keeps_numbers(node.op)) return false;
    value = node.inputs[0];
  }
  return false;
}

JoinedColumns joined_columns(const Graph& graph, Value value, std::int64_t columns) {
  for (int hops = 0; hops < 16; ++hops) {
    value = origin_of(graph, value);
    const Node& node = graph.node(value);
    const auto* concat = std::get_if<Concat>(&node.op);
    if (!concat) return {};
    const auto rank = std::ssize(graph.shape(value));
    const auto axis = static_cast<std::size_t>(concat->axis < 0 ? concat->axis + rank : concat->axis);
    if (graph.shape(value)[axis] == columns) {
      JoinedColumns joined{node.inputs, {}};
      for (const Value input : node.inputs) joined.lengths.push_back(graph.shape(input)[axis]);
      return joined;
    }
    value = node.inputs[0];  // of the candidates of several maps: the first
  }
  return {};
}

std::vector<double> factors_of(const Graph& graph, Value value) {
  value = origin_of(graph, value);
  if (is_binary(graph, value, BinaryKind::kMultiply))
    for (const Value factor : graph.node(value).inputs)
      if (const Tensor* constant = graph.constant(factor); constant && constant->size() <= 4) return to_vector<double>(*constant);
  return {};
}

bool is_of_corners(const Graph& graph, Value value) {
  const JoinedColumns joined = joined_columns(graph, origin_of_unscaled(graph, value), 4);
  if (joined.parts.size() != 2 && joined.parts.size() != 4) return false;
  const Value first = origin_of_unscaled(graph, joined.parts.front()), last = origin_of_unscaled(graph, joined.parts.back());
  return is_difference(graph, first) && is_binary(graph, last, BinaryKind::kAdd) && !is_difference(graph, last);
}

std::optional<ConvolutionGeometry> first_convolution(const Graph& graph) {
  const auto first = std::ranges::find_if(graph.nodes(), [](const Node& node) { return is_convolution(node.op); });
  return first == graph.nodes().end() ? std::nullopt : convolution_geometry(graph, *first);
}

std::vector<bool> nodes_behind(const Graph& graph, Value value) {
  std::vector<bool> behind(graph.nodes().size());
  std::vector<NodeId> open{value.node};
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    for (const Value input : graph.nodes()[index_of(id)].inputs)
      if (!behind[index_of(input.node)]) {
        behind[index_of(input.node)] = true;
        open.push_back(input.node);
      }
  }
  return behind;
}

}  // namespace octet
