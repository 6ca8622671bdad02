#include "importers/openvino_ir/half_limits.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "graph/byte_grids.h"
#include "graph/patterns.h"

namespace octet::openvino_ir {
namespace {

constexpr double kSteps = 255;

// The constant of halves that a limit is, converted by the graph or not.
const Tensor* stored_halves(const Graph& graph, Value limit) {
  const Value stored = op_of<Convert>(graph, limit) ? graph.node(limit.node).inputs[0] : limit;
  const Tensor* constant = graph.constant(stored);
  return constant && constant->type() == ElementType::kF16 ? constant : nullptr;
}

// The farthest that a number may lie from the half that stands for it.
double rounding_of(double half) {
  constexpr int kMantissaBits = 10, kLeastExponent = -14;
  const int exponent = half == 0 ? kLeastExponent : std::max(std::ilogb(half), kLeastExponent);
  return std::ldexp(0.5, exponent - kMantissaBits);
}

// The grid with zero on a level whose ends round to these halves, of those the one with the scale next to theirs.
std::optional<ByteGrid> grid_rounded_to(double low, double high) {
  const double scale = (high - low) / kSteps, zero = std::nearbyint(-low / scale);
  if (!(scale > 0) || !std::isfinite(scale) || zero < 0 || zero > kSteps) return std::nullopt;
  if ((zero == 0 && low != 0) || (zero == kSteps && high != 0)) return std::nullopt;
  double least = 0, most = scale * 2;
  const auto narrow = [&](double end, double steps) {
    if (steps == 0) return;
    least = std::max(least, (end - rounding_of(end)) / steps);
    most = std::min(most, (end + rounding_of(end)) / steps);
  };
  narrow(-low, zero);
  narrow(high, kSteps - zero);
  if (least > most) return std::nullopt;
  const auto nearest = static_cast<float>(std::clamp(scale, least, most));
  return nearest > 0 ? std::optional(ByteGrid{nearest, static_cast<std::uint8_t>(zero)}) : std::nullopt;
}

void restore(Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  std::vector<const Tensor*> limits;
  for (std::size_t i = 1; i < node.inputs.size(); ++i) limits.push_back(stored_halves(graph, node.inputs[i]));
  if (std::ranges::find(limits, nullptr) != limits.end()) return;
  const Shape shape = limits[0]->shape();
  if (!std::ranges::all_of(limits, [&](const Tensor* limit) { return limit->shape() == shape; })) return;
  const auto low = to_vector<double>(*limits[0]), high = to_vector<double>(*limits[1]);
  if (to_vector<double>(*limits[2]) != low || to_vector<double>(*limits[3]) != high) return;
  std::vector<float> from, to;
  for (std::size_t i = 0; i < low.size(); ++i) {
    const auto grid = grid_rounded_to(low[i], high[i]);
    if (!grid) return;
    from.push_back(grid->low());
    to.push_back(grid->high());
  }
  const ElementType type = graph.type(node.inputs[1]).element;
  const auto emit = [&](const std::vector<float>& ends) {
    const Value constant = graph.emit_constant(Tensor::of(shape, ends));
    return type == ElementType::kF32 ? constant : graph.emit(Convert{type}, {constant});
  };
  const Value lower = emit(from), upper = emit(to);
  for (const std::size_t input : {1, 3}) graph.set_input(id, input, lower);
  for (const std::size_t input : {2, 4}) graph.set_input(id, input, upper);
}

}  // namespace

void restore_half_limits(Graph& graph) {
  const std::size_t count = graph.nodes().size();
  for (std::size_t i = 0; i < count; ++i) {
    const Node& node = graph.nodes()[i];
    const auto* const quantizer = std::get_if<FakeQuantize>(&node.op);
    if (quantizer && quantizer->levels == 256 && !graph.constant(node.inputs[0])) restore(graph, static_cast<NodeId>(i));
  }
  graph.tidy();
}

}  // namespace octet::openvino_ir
