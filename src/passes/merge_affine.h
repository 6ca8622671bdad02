#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Turns a run of per-channel Add, Subtract, Multiply and Divide by constants on [N,C,H,W] into at most one Multiply and
// one Add of [1,C,1,1], where that takes fewer operations or does away with a Subtract or Divide. Run it after
// fold_batch_norm, which takes what stands behind a convolution.
bool merge_affine(Graph& graph);

}  // namespace octet::passes
