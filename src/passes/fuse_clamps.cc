#include <algorithm>
#include <cmath>
#include <limits>

#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// x limited to [low, high].
struct Limits {
  Value data;
  double low = -kInfinity, high = kInfinity;
};

// Numbers that no float exceeds limit nothing.
double widened(double bound) {
  return std::fabs(bound) >= static_cast<double>(std::numeric_limits<float>::max()) ? std::copysign(kInfinity, bound) : bound;
}

std::optional<Limits> limits_of(const Graph& graph, Value value) {
  if (graph.type(value).element != ElementType::kF32) return std::nullopt;
  if (is_unary(graph, value, UnaryKind::kRelu)) return Limits{graph.node(value).inputs[0], 0, kInfinity};
  if (const auto* clamp = op_of<Clamp>(graph, value)) return Limits{graph.node(value).inputs[0], widened(clamp->min), widened(clamp->max)};
  const auto side = constant_side(graph, value);
  if (!side || graph.shape(side->data) != graph.shape(value)) return std::nullopt;
  const auto bound = uniform_value(*side->constant);
  if (!bound || std::isnan(*bound)) return std::nullopt;
  if (side->kind == BinaryKind::kMaximum) return Limits{side->data, widened(*bound), kInfinity};
  if (side->kind == BinaryKind::kMinimum) return Limits{side->data, -kInfinity, widened(*bound)};
  return std::nullopt;
}

// The operation for limits, where one exists.
std::optional<Op> operation_for(const Limits& limits) {
  if (limits.low == 0 && limits.high == kInfinity) return Unary{UnaryKind::kRelu};
  if (std::isfinite(limits.low) && std::isfinite(limits.high)) return Clamp{limits.low, limits.high};
  return std::nullopt;
}

bool is_same(const Op& a, const Op& b) {
  if (const auto* clamp = std::get_if<Clamp>(&a)) {
    const auto* other = std::get_if<Clamp>(&b);
    return other && other->min == clamp->min && other->max == clamp->max;
  }
  return std::holds_alternative<Unary>(b);
}

// `taken` marks the operations that a later one of their run has seen through.
bool fuse(Graph& graph, Value value, std::vector<bool>& taken) {
  auto limits = limits_of(graph, value);
  if (!limits) return false;
  while (const auto inner = only_reader(graph, limits->data) ? limits_of(graph, limits->data) : std::nullopt) {
    const double low = std::clamp(inner->low, limits->low, limits->high), high = std::clamp(inner->high, limits->low, limits->high);
    taken[index_of(limits->data.node)] = true;
    limits = Limits{inner->data, low, high};
  }
  const auto op = operation_for(*limits);
  if (!op || (limits->data == graph.node(value).inputs[0] && is_same(*op, graph.node(value).op))) return false;
  replace(graph, value, graph.emit(*op, {limits->data}));
  return true;
}

}  // namespace

bool fuse_clamps(Graph& graph) {
  bool changed = false;
  // Backward, so that the last of a run takes all before it.
  std::vector<bool> taken(graph.nodes().size());
  for (std::size_t i = taken.size(); i-- > 0;)
    if (!taken[i]) changed |= fuse(graph, {static_cast<NodeId>(i), 0}, taken);
  if (changed) graph.tidy();
  return changed;
}

}  // namespace octet::passes
