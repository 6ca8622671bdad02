#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

// The activation that `gate` * x is, if any.
std::optional<UnaryKind> gated_kind(const Graph& graph, Value x, Value gate) {
  const auto input = [&](Value value) { return graph.node(value).inputs[0]; };
  if (is_unary(graph, gate, UnaryKind::kSigmoid) && input(gate) == x) return UnaryKind::kSwish;
  if (is_unary(graph, gate, UnaryKind::kTanh) && is_unary(graph, input(gate), UnaryKind::kSoftPlus) && input(input(gate)) == x)
    return UnaryKind::kMish;
  return std::nullopt;
}

bool fuse(Graph& graph, Value product) {
  if (!is_binary(graph, product, BinaryKind::kMultiply)) return false;
  const Value a = graph.node(product).inputs[0], b = graph.node(product).inputs[1];
  const auto kind_a = gated_kind(graph, a, b), kind_b = gated_kind(graph, b, a);
  if (!kind_a && !kind_b) return false;
  replace(graph, product, graph.emit(Unary{kind_a ? *kind_a : *kind_b}, {kind_a ? a : b}));
  return true;
}

}  // namespace

bool fuse_self_gated(Graph& graph) {
  return rewrite_each(graph, [&](Value value) { return fuse(graph, value); });
}

}  // namespace octet::passes
