#include "passes/passes.h"

#include <algorithm>
#include <numeric>

#include "graph/op_schema.h"
#include "graph/patterns.h"
#include "passes/rewrite.h"
#include "passes/stored_weights.h"

namespace octet::passes {
namespace {

bool is_reshape(const Graph& graph, Value value) {
  return op_of<Reshape>(graph, value) || op_of<Squeeze>(graph, value) || op_of<Unsqueeze>(graph, value);
}

// The order of a Transpose, where it is known (it always is: infer_types needs it).
std::vector<std::int64_t> order_of(const Graph& graph, Value transpose) {
  auto order = to_vector<std::int64_t>(*graph.constant(graph.node(transpose).inputs[1]));
  if (!order.empty()) return order;
  order.resize(graph.shape(transpose).size());
  std::iota(order.rbegin(), order.rend(), 0);
  return order;
}

bool is_ascending(const std::vector<std::int64_t>& order) { return std::is_sorted(order.begin(), order.end()); }

bool is_neutral(BinaryKind kind, bool constant_first, double constant) {
  switch (kind) {
    case BinaryKind::kAdd:
      return constant == 0;
    case BinaryKind::kMultiply:
      return constant == 1;
    case BinaryKind::kSubtract:
      return !constant_first && constant == 0;
    case BinaryKind::kDivide:
    case BinaryKind::kPower:
      return !constant_first && constant == 1;
    default:
      return false;
  }
}

std::optional<Value> data_of_neutral_arithmetic(const Graph& graph, Value value) {
  const auto side = constant_side(graph, value);
  if (!side || graph.shape(side->data) != graph.shape(value)) return std::nullopt;
  const auto constant = uniform_value(*side->constant);
  return constant && is_neutral(side->kind, side->constant_first(), *constant) ? std::optional(side->data) : std::nullopt;
}

// The value that `value` is a copy of.
std::optional<Value> source_of_copy(const Graph& graph, Value value) {
  const Node& node = graph.node(value);
  if (node.inputs.empty() || node.outputs.size() != 1) return std::nullopt;
  const bool copies = schema_of(node.op).traits.copies_if_type_stays || (op_of<Concat>(graph, value) && node.inputs.size() == 1);
  if (copies && graph.type(node.inputs[0]) == graph.type(value)) return node.inputs[0];
  if (op_of<Transpose>(graph, value) && is_ascending(order_of(graph, value))) return node.inputs[0];
  return data_of_neutral_arithmetic(graph, value);
}

bool bypass(Graph& graph, Value value) {
  const auto source = source_of_copy(graph, value);
  if (!source || *source == value) return false;
  graph.replace_uses(value, *source);
  return true;
}

bool join_transposes(Graph& graph, Value outer) {
  if (!op_of<Transpose>(graph, outer)) return false;
  const Value inner = graph.node(outer).inputs[0];
  if (!op_of<Transpose>(graph, inner)) return false;
  const auto first = order_of(graph, inner), second = order_of(graph, outer);
  std::vector<std::int64_t> order;
  for (const std::int64_t axis : second) order.push_back(first[static_cast<std::size_t>(axis)]);
  const Value data = graph.node(inner).inputs[0];
  if (is_ascending(order)) {
    graph.replace_uses(outer, data);
  } else {
    const Value joined = graph.emit_constant(Tensor::of({static_cast<std::int64_t>(order.size())}, order));
    replace(graph, outer, graph.emit(Transpose{}, {data, joined}));
  }
  return true;
}

// A Transpose that keeps the order of the axes longer than 1 moves nothing.
bool make_reshape(Graph& graph, Value value) {
  if (!op_of<Transpose>(graph, value)) return false;
  const Shape& shape = graph.shape(graph.node(value).inputs[0]);
  auto order = order_of(graph, value);
  std::erase_if(order, [&](std::int64_t axis) { return shape[static_cast<std::size_t>(axis)] == 1; });
  if (!is_ascending(order)) return false;
  const Shape result = graph.shape(value);
  const Value target = graph.emit_constant(Tensor::of({static_cast<std::int64_t>(result.size())}, result));
  replace(graph, value, graph.emit(Reshape{}, {graph.node(value).inputs[0], target}));
  return true;
}

bool join_reshapes(Graph& graph, Value outer) {
  if (!is_reshape(graph, outer) || !is_reshape(graph, graph.node(outer).inputs[0])) return false;
  const Value data = graph.node(graph.node(outer).inputs[0]).inputs[0];
  const Shape shape = graph.shape(outer);
  if (shape == graph.shape(data)) return graph.replace_uses(outer, data), true;
  const Value target = graph.emit_constant(Tensor::of({static_cast<std::int64_t>(shape.size())}, shape));
  replace(graph, outer, graph.emit(Reshape{}, {data, target}));
  return true;
}

bool simplify(Graph& graph, Value value) {
  return bypass(graph, value) || join_transposes(graph, value) || make_reshape(graph, value) || join_reshapes(graph, value);
}

// One sweep in topological order. Joins leave nodes behind that the next sweep may simplify further.
bool sweep(Graph& graph) {
  const auto stays = stored_weights(graph);
  return rewrite_each(graph, [&](Value value) { return !stays[index_of(value.node)] && simplify(graph, value); });
}

}  // namespace

bool eliminate_noops(Graph& graph) {
  bool changed = false;
  while (sweep(graph)) changed = true;
  return changed;
}

}  // namespace octet::passes
