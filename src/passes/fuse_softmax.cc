#include <optional>

#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

// The axis along which `value` reduces `data`, if it does so along one and keeps it.
std::optional<std::int64_t> reduced_axis(const Graph& graph, Value value, ReduceKind kind, Value data) {
  const auto* reduce = op_of<Reduce>(graph, value);
  if (!reduce || reduce->kind != kind || !reduce->keep_dims || graph.node(value).inputs[0] != data) return std::nullopt;
  const Tensor* axes = graph.constant(graph.node(value).inputs[1]);
  if (!axes || element_count(axes->shape()) != 1) return std::nullopt;
  const std::int64_t axis = to_vector<std::int64_t>(*axes)[0];
  return axis < 0 ? axis + std::ssize(graph.shape(data)) : axis;
}

bool fuse(Graph& graph, Value quotient) {
  if (!is_binary(graph, quotient, BinaryKind::kDivide)) return false;
  const Value powers = graph.node(quotient).inputs[0], sum = graph.node(quotient).inputs[1];
  if (!is_unary(graph, powers, UnaryKind::kExp)) return false;
  const Value shifted = graph.node(powers).inputs[0];
  if (!is_binary(graph, shifted, BinaryKind::kSubtract)) return false;
  const Value data = graph.node(shifted).inputs[0], greatest = graph.node(shifted).inputs[1];
  const auto axis = reduced_axis(graph, greatest, ReduceKind::kMax, data);
  if (!axis || reduced_axis(graph, sum, ReduceKind::kSum, powers) != axis) return false;
  replace(graph, quotient, graph.emit(SoftMax{*axis}, {data}));
  return true;
}

}  // namespace

bool fuse_softmax(Graph& graph) {
  return rewrite_each(graph, [&](Value value) { return fuse(graph, value); });
}

}  // namespace octet::passes
