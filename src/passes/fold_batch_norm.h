#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Folds per-channel Add, Subtract, Multiply and Divide by constants behind a Convolution or GroupConvolution (batch
// normalisation in any spelling) into its weights and one Add of [1,C,1,1]. The weights must be a constant and the
// convolution must have one reader.
bool fold_batch_norm(Graph& graph);

}  // namespace octet::passes
