#include "passes/affine_chain.h"

#include <algorithm>
#include <cmath>

#include "graph/patterns.h"

namespace octet::passes {
namespace {

struct Step {
  double scale, shift;
};

std::optional<Step> step_of(const ConstantSide& side, double constant) {
  switch (side.kind) {
    case BinaryKind::kAdd:
      return Step{1, constant};
    case BinaryKind::kMultiply:
      return Step{constant, 0};
    case BinaryKind::kSubtract:
      return side.constant_first() ? Step{-1, constant} : Step{1, -constant};
    case BinaryKind::kDivide:
      return side.constant_first() ? std::nullopt : std::optional(Step{1 / constant, 0});
    default:
      return std::nullopt;
  }
}

// Adds the node to the chain if it is a step of it.
bool append(const Graph& graph, NodeId id, AffineChain& chain) {
  const Value value{id, 0};
  const auto side = constant_side(graph, value);
  const Shape& shape = graph.shape(chain.end);
  if (!side || side->data != chain.end || graph.shape(value) != shape) return false;
  const auto constants = channel_values(*side->constant, shape);
  if (!constants) return false;
  std::vector<Step> steps;
  for (const double constant : *constants) {
    const auto step = step_of(*side, constant);
    if (!step) return false;
    steps.push_back(*step);
  }
  for (std::size_t c = 0; c < steps.size(); ++c) {
    chain.scale[c] *= steps[c].scale;
    chain.shift[c] = chain.shift[c] * steps[c].scale + steps[c].shift;
  }
  chain.nodes.push_back(id);
  chain.end = value;
  return true;
}

}  // namespace

bool AffineChain::scales() const {
  return std::any_of(scale.begin(), scale.end(), [](double s) { return s != 1; });
}

bool AffineChain::shifts() const {
  return std::any_of(shift.begin(), shift.end(), [](double s) { return s != 0; });
}

bool AffineChain::finite() const {
  const auto is_finite = [](double value) { return std::isfinite(static_cast<float>(value)); };
  return std::all_of(scale.begin(), scale.end(), is_finite) && std::all_of(shift.begin(), shift.end(), is_finite);
}

AffineChain affine_chain(const Graph& graph, Value start, NodeId first, const std::vector<bool>& excluded) {
  AffineChain chain{start, start, {}, {}, {}};
  const TensorType& type = graph.type(start);
  const bool real = type.element == ElementType::kF32 || type.element == ElementType::kF16 || type.element == ElementType::kF64;
  if (!real || type.shape.size() != 4) return chain;
  chain.scale.assign(static_cast<std::size_t>(type.shape[1]), 1.0);
  chain.shift.assign(chain.scale.size(), 0.0);
  const auto is_excluded = [&](NodeId id) { return index_of(id) < excluded.size() && excluded[index_of(id)]; };
  for (std::optional<NodeId> next = first; next && !is_excluded(*next) && append(graph, *next, chain);)
    next = only_reader(graph, chain.end);
  return chain;
}

bool is_plain_step(const Graph& graph, NodeId id, BinaryKind kind) {
  const auto side = constant_side(graph, {id, 0});
  return side && side->kind == kind && !side->constant_first() && side->constant->shape() == Shape{1, graph.shape(side->data)[1], 1, 1};
}

}  // namespace octet::passes
