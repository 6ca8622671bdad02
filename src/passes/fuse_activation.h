#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Names activations that a model spells out. Each of these functions does one family; fuse_activations does them all.

// x * sigmoid(x) -> Swish, x * tanh(softplus(x)) -> Mish.
bool fuse_self_gated(Graph& graph);

// Runs of ReLU, Clamp, Maximum and Minimum with one number -> one ReLU or Clamp; Clamp from 0 to infinity -> ReLU.
bool fuse_clamps(Graph& graph);

// max(x, a * x) with constant a <= 1 -> PReLU.
bool fuse_leaky_relu(Graph& graph);

bool fuse_activations(Graph& graph);

}  // namespace octet::passes
