#include <algorithm>

#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

// The slopes if `scaled` is x * a, one a channel or a single one.
std::optional<std::vector<double>> slopes_of(const Graph& graph, Value x, Value scaled) {
  const auto side = constant_side(graph, scaled);
  if (!side || side->kind != BinaryKind::kMultiply || side->data != x || graph.shape(scaled) != graph.shape(x)) return std::nullopt;
  std::optional<std::vector<double>> slopes;
  if (const auto uniform = uniform_value(*side->constant))
    slopes = std::vector<double>{*uniform};
  else
    slopes = channel_values(*side->constant, graph.shape(x));
  const auto is_at_most_one = [](double slope) { return slope <= 1; };  // then a * x is the greater one exactly where x < 0
  return slopes && !graph.shape(x).empty() && std::all_of(slopes->begin(), slopes->end(), is_at_most_one) ? slopes : std::nullopt;
}

bool fuse(Graph& graph, Value value) {
  const TensorType& type = graph.type(value);
  const bool real = type.element == ElementType::kF32 || type.element == ElementType::kF16;
  if (!is_binary(graph, value, BinaryKind::kMaximum) || !real) return false;
  const Value a = graph.node(value).inputs[0], b = graph.node(value).inputs[1];
  const auto slopes_a = slopes_of(graph, a, b), slopes_b = slopes_of(graph, b, a);
  if (!slopes_a && !slopes_b) return false;
  const auto& slopes = slopes_a ? *slopes_a : *slopes_b;
  const Value slope = graph.emit_constant(real_constant(type.element, {static_cast<std::int64_t>(slopes.size())}, slopes));
  replace(graph, value, graph.emit(PRelu{}, {slopes_a ? a : b, slope}));
  return true;
}

}  // namespace

bool fuse_leaky_relu(Graph& graph) {
  return rewrite_each(graph, [&](Value value) { return fuse(graph, value); });
}

bool fuse_activations(Graph& graph) {
  bool changed = fuse_self_gated(graph);
  changed |= fuse_clamps(graph);
  changed |= fuse_leaky_relu(graph);
  return changed;
}

}  // namespace octet::passes
