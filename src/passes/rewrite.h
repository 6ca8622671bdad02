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

}  // namespace octet::passes
