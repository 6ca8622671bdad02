#include <cmath>

#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

// Writers round 1/6 to few digits.
bool is_about(double value, double wanted) { return std::fabs(value - wanted) <= 1e-6 * wanted; }

bool is_number(const Graph& graph, Value value, double wanted) {
  const Tensor* constant = graph.constant(value);
  const auto number = constant ? uniform_value(*constant) : std::nullopt;
  return number && is_about(*number, wanted);
}

// The x of min(max(x + 3, 0), 6), if `value` is that.
std::optional<Value> ramped(const Graph& graph, Value value) {
  const auto* clamp = op_of<Clamp>(graph, value);
  if (!clamp || clamp->min != 0 || clamp->max != 6) return std::nullopt;
  const auto sum = constant_side(graph, graph.node(value).inputs[0]);
  if (!sum || sum->kind != BinaryKind::kAdd || graph.shape(sum->data) != graph.shape(value) || uniform_value(*sum->constant) != 3)
    return std::nullopt;
  return sum->data;
}

// What a sixth is taken of, if `value` is one.
std::optional<Value> sixth_of(const Graph& graph, Value value) {
  const auto scaled = constant_side(graph, value);
  const auto factor = scaled && graph.shape(scaled->data) == graph.shape(value) ? uniform_value(*scaled->constant) : std::nullopt;
  if (!factor) return std::nullopt;
  const bool divided = scaled->kind == BinaryKind::kDivide && !scaled->constant_first() && *factor == 6;
  const bool multiplied = scaled->kind == BinaryKind::kMultiply && is_about(*factor, 1.0 / 6);
  return divided || multiplied ? std::optional(scaled->data) : std::nullopt;
}

// The x of min(max(x + 3, 0), 6) / 6 in any spelling, if `value` is that.
std::optional<Value> hard_sigmoid_input(const Graph& graph, Value value) {
  const auto& inputs = graph.node(value).inputs;
  if (is_unary(graph, value, UnaryKind::kHSigmoid)) return inputs[0];
  if (op_of<HardSigmoid>(graph, value) && is_number(graph, inputs[1], 1.0 / 6) && is_number(graph, inputs[2], 0.5)) return inputs[0];
  const auto ramp = sixth_of(graph, value);
  return ramp ? ramped(graph, *ramp) : std::nullopt;
}

// The activation that `gate` * x is, if any.
std::optional<UnaryKind> gated_kind(const Graph& graph, Value x, Value gate) {
  const auto input = [&](Value value) { return graph.node(value).inputs[0]; };
  if (is_unary(graph, gate, UnaryKind::kSigmoid) && input(gate) == x) return UnaryKind::kSwish;
  if (is_unary(graph, gate, UnaryKind::kTanh) && is_unary(graph, input(gate), UnaryKind::kSoftPlus) && input(input(gate)) == x)
    return UnaryKind::kMish;
  if (hard_sigmoid_input(graph, gate) == x) return UnaryKind::kHSwish;
  return std::nullopt;
}

// x * min(max(x + 3, 0), 6), of which the sixth is taken last; nothing for any other quotient.
std::optional<Value> hard_swish_input(const Graph& graph, Value quotient) {
  const auto product = sixth_of(graph, quotient);
  if (!product || !is_binary(graph, *product, BinaryKind::kMultiply)) return std::nullopt;
  const Value a = graph.node(*product).inputs[0], b = graph.node(*product).inputs[1];
  if (ramped(graph, b) == a) return a;
  if (ramped(graph, a) == b) return b;
  return std::nullopt;
}

bool fuse(Graph& graph, Value product) {
  if (const auto x = hard_swish_input(graph, product)) {
    replace(graph, product, graph.emit(Unary{UnaryKind::kHSwish}, {*x}));
    return true;
  }
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
