#pragma once

#include <vector>

#include "graph/graph.h"

namespace octet::passes {

// For each node, whether it belongs to the way from a constant to the weights of a Convolution, GroupConvolution or MatMul
// that says how those weights are stored, and must stay as it is:
//   i8 or u8 Constant -> Convert -> [Subtract zero point] -> Multiply scale -> [Reshape]
//   Constant -> FakeQuantize -> [Reshape]
std::vector<bool> stored_weights(const Graph& graph);

}  // namespace octet::passes
