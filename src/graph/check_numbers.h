#pragma once

#include "graph/graph.h"

namespace octet {

// For graphs that were read from files, where damage shows like this: kMalformed, with the name of the node, if a constant holds what
// is no number (NaN), or if the weights of a Convolution, GroupConvolution or MatMul, or what scales stored ones, are infinite.
// Other constants may be infinite, as limits are. Reads every constant once.
Status check_numbers(const Graph& graph);

}  // namespace octet
