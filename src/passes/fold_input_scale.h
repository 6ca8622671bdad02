#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Folds a per-channel Multiply or Divide by a constant (no shift) in front of convolutions into their weights. Exact where
// the convolution pads, as zero stays zero. Everything that reads the product must be such a convolution with constant weights.
bool fold_input_scale(Graph& graph);

}  // namespace octet::passes
