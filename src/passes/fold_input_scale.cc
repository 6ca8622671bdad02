#include "passes/passes.h"

#include <algorithm>
#include <cmath>

#include "graph/patterns.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

// Factors of a product by a constant, one a channel.
std::optional<std::vector<double>> factors_of(const Graph& graph, Value product) {
  const auto side = constant_side(graph, product);
  if (!side || graph.shape(product).size() != 4 || graph.shape(side->data) != graph.shape(product)) return std::nullopt;
  const bool divides = side->kind == BinaryKind::kDivide && !side->constant_first();
  if (!divides && side->kind != BinaryKind::kMultiply) return std::nullopt;
  auto factors = channel_values(*side->constant, graph.shape(product));
  if (!factors) return std::nullopt;
  for (double& factor : *factors)
    if (divides) factor = 1 / factor;
  const bool finite = std::all_of(factors->begin(), factors->end(), [](double f) { return std::isfinite(static_cast<float>(f)); });
  return finite ? factors : std::nullopt;
}

bool can_take_factors(const Graph& graph, Value product, NodeId reader) {
  const Node& node = graph.node(reader);
  return is_convolution(node.op) && node.inputs[0] == product && graph.constant(node.inputs[1]);
}

Tensor scaled_inputs(const Graph& graph, const Node& convolution, const std::vector<double>& factors) {
  const Tensor& weights = *graph.constant(convolution.inputs[1]);
  auto values = to_vector<double>(weights);
  for_each_weight(*convolution_geometry(graph, convolution),
                  [&](std::size_t, std::size_t input, std::size_t at) { values[at] *= factors[input]; });
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
