#include "passes/passes.h"

#include <algorithm>

#include "graph/patterns.h"
#include "passes/affine_chain.h"
#include "passes/rewrite.h"
#include "passes/stored_weights.h"

namespace octet::passes {
namespace {

bool is_worthwhile(const Graph& graph, const AffineChain& chain) {
  const std::size_t needed = std::size_t{chain.scales()} + std::size_t{chain.shifts()};
  return needed < chain.nodes.size() || std::any_of(chain.nodes.begin(), chain.nodes.end(), [&](NodeId id) {
           const BinaryKind kind = std::get<Binary>(graph.node(id).op).kind;
           return kind == BinaryKind::kSubtract || kind == BinaryKind::kDivide;
         });
}

Value emit_step(Graph& graph, BinaryKind kind, Value data, const std::vector<double>& values) {
  const Value constant = graph.emit_constant(channel_constant(graph.type(data).element, values));
  return graph.emit(Binary{kind}, {data, constant});
}

void rewrite(Graph& graph, const AffineChain& chain) {
  Value result = chain.start;
  if (chain.scales()) result = emit_step(graph, BinaryKind::kMultiply, result, chain.scale);
  if (chain.shifts()) result = emit_step(graph, BinaryKind::kAdd, result, chain.shift);
  replace(graph, chain.end, result, result != chain.start);
}

}  // namespace

bool merge_affine(Graph& graph) {
  std::vector<bool> taken = stored_weights(graph);
  return rewrite_each(graph, [&](Value value) {
    const auto side = constant_side(graph, value);
    if (taken[index_of(value.node)] || !side) return false;
    const AffineChain chain = affine_chain(graph, side->data, value.node, taken);
    for (const NodeId node : chain.nodes)
      if (index_of(node) < taken.size()) taken[index_of(node)] = true;
    if (chain.nodes.empty() || !chain.finite() || !is_worthwhile(graph, chain)) return false;
    rewrite(graph, chain);
    return true;
  });
}

}  // namespace octet::passes
