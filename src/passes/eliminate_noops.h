#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Takes out operations that leave their input as it is (reshapes to the same shape, identity transposes and conversions,
// Multiply by 1, Add of 0, Concat of one input, ...), and makes one of a Transpose of a Transpose or a reshape of a reshape.
bool eliminate_noops(Graph& graph);

}  // namespace octet::passes
