#include <algorithm>
#include <cmath>
#include <limits>

#include "graph/patterns.h"
#include "passes/affine_chain.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

constexpr double kLargest = std::numeric_limits<float>::max();

// A ReLU has a Clamp's limits, without an upper one.
std::optional<Clamp> limits_of(const Graph& graph, Value value) {
  if (graph.type(value).element != ElementType::kF32) return std::nullopt;
  if (is_unary(graph, value, UnaryKind::kRelu)) return Clamp{0, kLargest};
  const auto* clamp = op_of<Clamp>(graph, value);
  return clamp ? std::optional(*clamp) : std::nullopt;
}

// Whether a convolution that can take up factors computes `value`, perhaps with a bias, for one reader alone.
bool is_of_convolution(const Graph& graph, Value value) {
  if (!only_reader(graph, value)) return false;
  const Node& node = graph.node(value);
  if (is_convolution(node.op)) return graph.constant(node.inputs[1]) != nullptr;
  const auto side = constant_side(graph, value);
  return side && side->kind == BinaryKind::kAdd && channel_values(*side->constant, graph.shape(side->data)) &&
         is_convolution(graph.node(side->data).op) && is_of_convolution(graph, side->data);
}

// The one that all channels share.
std::optional<double> common(const std::vector<double>& values) {
  const bool equal = !values.empty() && std::all_of(values.begin(), values.end(), [&](double value) { return value == values[0]; });
  return equal ? std::optional(values[0]) : std::nullopt;
}

Clamp mapped(const Clamp& limits, double scale, double shift) {
  const auto map = [&](double limit) {  // the largest number stands for no limit
    if (std::fabs(limit) >= kLargest) return std::copysign(kLargest, limit * scale);
    return std::clamp(limit * scale + shift, -kLargest, kLargest);
  };
  const double low = map(limits.min), high = map(limits.max);
  return {std::min(low, high), std::max(low, high)};
}

bool move(Graph& graph, Value clamped) {
  const auto limits = limits_of(graph, clamped);
  const auto reader = limits ? only_reader(graph, clamped) : std::nullopt;
  if (!reader || !is_of_convolution(graph, graph.node(clamped).inputs[0])) return false;
  const AffineChain chain = affine_chain(graph, clamped, *reader);
  const auto scale = common(chain.scale), shift = common(chain.shift);
  if (chain.nodes.empty() || !chain.finite() || !scale || !shift || *scale == 0) return false;
  const auto with = [&](BinaryKind kind, Value data, const std::vector<double>& values) {
    return graph.emit(Binary{kind}, {data, graph.emit_constant(channel_constant(ElementType::kF32, values))});
  };
  const Value scaled = with(BinaryKind::kMultiply, graph.node(clamped).inputs[0], chain.scale);
  const Value shifted = with(BinaryKind::kAdd, scaled, chain.shift);
  replace(graph, chain.end, graph.emit(mapped(*limits, *scale, *shift), {shifted}));
  return true;
}

}  // namespace

bool scale_before_clamp(Graph& graph) {
  return rewrite_each(graph, [&](Value value) { return move(graph, value); });
}

}  // namespace octet::passes
