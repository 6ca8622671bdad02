#pragma once

#include <vector>

#include "graph/graph.h"

// What passes do to a graph, over and over. What they ask of one is in graph/patterns.h.
namespace octet::passes {

// A tensor of real numbers rounded to an element type.
Tensor real_constant(ElementType type, Shape shape, const std::vector<double>& values);
// One value a channel, shaped [1,C,1,1] (rank 4).
Tensor channel_constant(ElementType type, const std::vector<double>& values);

// Readers of `old` read `replacement`, which takes over the name of old's node if `take_name`. Types must agree.
void replace(Graph& graph, Value old, Value replacement, bool take_name = true);

// Calls rewrite(Value) with the first output of every node that the graph has now, in order, and tidies the graph where any call answered
// that it changed something; nodes that calls add are not visited.
template <typename Rewrite>
bool rewrite_each(Graph& graph, Rewrite&& rewrite) {
  bool changed = false;
  for (std::size_t i = 0, count = graph.nodes().size(); i < count; ++i) changed |= rewrite(Value{static_cast<NodeId>(i), 0});
  if (changed) graph.tidy();
  return changed;
}

}  // namespace octet::passes
