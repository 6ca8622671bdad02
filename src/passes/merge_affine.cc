#include "passes/merge_affine.h"

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
  bool changed = false;
  const std::size_t count = graph.nodes().size();
  std::vector<bool> taken = stored_weights(graph);
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = static_cast<NodeId>(i);
    const auto side = constant_side(graph, {id, 0});
    if (taken[i] || !side) continue;
    const AffineChain chain = affine_chain(graph, side->data, id, taken);
    for (const NodeId node : chain.nodes)
      if (index_of(node) < count) taken[index_of(node)] = true;
    if (chain.nodes.empty() || !chain.finite() || !is_worthwhile(graph, chain)) continue;
    rewrite(graph, chain);
    changed = true;
  }
  if (changed) graph.tidy();
  return changed;
}

}  // namespace octet::passes
