#include "passes/passes.h"

#include "graph/patterns.h"
#include "passes/affine_chain.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

// Output channels are outermost in weights of either convolution (groups, then outputs of the group).
Tensor scaled_outputs(const Tensor& weights, const std::vector<double>& scale) {
  auto values = to_vector<double>(weights);
  const std::size_t per_channel = scale.empty() ? 0 : values.size() / scale.size();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= scale[i / per_channel];
  return real_constant(weights.type(), weights.shape(), values);
}

// A lone bias that is already as this pass leaves it.
bool is_done(const Graph& graph, const AffineChain& chain) {
  return chain.nodes.empty() || (chain.nodes.size() == 1 && is_plain_step(graph, chain.nodes[0], BinaryKind::kAdd));
}

Value with_scaled_weights(Graph& graph, Value convolution, const std::vector<double>& scale) {
  const Node& node = graph.node(convolution);
  const Tensor scaled = scaled_outputs(*graph.constant(node.inputs[1]), scale);
  const Value weights = graph.emit_constant(scaled, graph.node(node.inputs[1]).name);
  const Value result = graph.emit(Op(graph.node(convolution).op), {graph.node(convolution).inputs[0], weights});
  replace(graph, convolution, result);
  return result;
}

bool fold(Graph& graph, Value convolution) {
  const auto reader = only_reader(graph, convolution);
  if (!reader || !graph.constant(graph.node(convolution).inputs[1])) return false;
  const AffineChain chain = affine_chain(graph, convolution, *reader);
  if (is_done(graph, chain) || !chain.finite()) return false;
  const Value scaled = chain.scales() ? with_scaled_weights(graph, convolution, chain.scale) : convolution;
  if (chain.shifts()) {
    const Value bias = graph.emit_constant(channel_constant(graph.type(scaled).element, chain.shift));
    replace(graph, chain.end, graph.emit(Binary{BinaryKind::kAdd}, {scaled, bias}));
  } else {
    graph.replace_uses(chain.end, scaled);
  }
  return true;
}

}  // namespace

bool fold_batch_norm(Graph& graph) {
  return rewrite_each(graph, [&](Value value) { return is_convolution(graph.node(value).op) && fold(graph, value); });
}

}  // namespace octet::passes
