#include "passes/fold_input_scale.h"

#include <algorithm>
#include <cmath>

#include "passes/match.h"

namespace octet::passes {
namespace {

// Factors of a product by a constant, one a channel.
std::optional<std::vector<double>> factors_of(const Graph& graph, Value product) {
  const auto side = constant_side(graph, product);
  if (!side || graph.shape(product).size() != 4 || graph.shape(side->data) != graph.shape(product)) return std::nullopt;
  const bool divides = side->kind == BinaryKind::kDivide && !side->constant_first;
  if (!divides && side->kind != BinaryKind::kMultiply) return std::nullopt;
  auto factors = channel_values(*side->constant, 4, graph.shape(product)[1]);
  if (!factors) return std::nullopt;
  for (double& factor : *factors)
    if (divides) factor = 1 / factor;
  const bool finite = std::all_of(factors->begin(), factors->end(), [](double f) { return std::isfinite(static_cast<float>(f)); });
  return finite ? factors : std::nullopt;
}

// The number of groups of a convolution, or nothing for another node.
std::optional<std::int64_t> groups_of(const Graph& graph, const Node& node) {
  if (std::holds_alternative<Convolution>(node.op)) return 1;
  if (std::holds_alternative<GroupConvolution>(node.op)) return graph.shape(node.inputs[1])[0];
  return std::nullopt;
}

bool can_take_factors(const Graph& graph, Value product, NodeId reader) {
  const Node& node = graph.node(reader);
  return groups_of(graph, node) && node.inputs[0] == product && graph.constant(node.inputs[1]);
}

// Weights are [groups, outputs, inputs, kernel]; channel of the data: group * inputs + input.
Tensor scaled_inputs(const Graph& graph, const Node& convolution, const std::vector<double>& factors) {
  const Tensor& weights = *graph.constant(convolution.inputs[1]);
  auto values = to_vector<double>(weights);
  const auto groups = static_cast<std::size_t>(*groups_of(graph, convolution));
  const std::size_t rank = weights.shape().size();
  const auto inputs = static_cast<std::size_t>(weights.shape()[rank - 3]);
  const auto kernel = static_cast<std::size_t>(weights.shape()[rank - 2] * weights.shape()[rank - 1]);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t group = i / (values.size() / groups), input = i / kernel % inputs;
    values[i] *= factors[group * inputs + input];
  }
  return real_constant(weights.type(), weights.shape(), values);
}

bool fold(Graph& graph, Value product) {
  const auto factors = factors_of(graph, product);
  if (!factors) return false;
  const auto readers = graph.readers(product.node);
  const bool all_take =
      std::all_of(readers.begin(), readers.end(), [&](NodeId reader) { return can_take_factors(graph, product, reader); });
  if (readers.empty() || !all_take) return false;
  const Value data = constant_side(graph, product)->data;
  for (const NodeId reader : readers) {
    const Value old = graph.node(reader).inputs[1];
    const Value weights = graph.emit_constant(scaled_inputs(graph, graph.node(reader), *factors), graph.node(old).name);
    graph.set_input(reader, 1, weights);
    graph.set_input(reader, 0, data);
  }
  return true;
}

}  // namespace

bool fold_input_scale(Graph& graph) {
  bool changed = false;
  for (std::size_t i = graph.nodes().size(); i-- > 0;) changed |= fold(graph, {static_cast<NodeId>(i), 0});
  if (changed) graph.tidy();
  return changed;
}

}  // namespace octet::passes
