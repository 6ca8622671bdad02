#pragma once

#include <vector>

#include "graph/graph.h"

namespace octet::passes {

// Consecutive Add, Subtract, Multiply and Divide of [N,C,H,W] by per-channel constants: end = start * scale + shift.
// Values between start and end have no other reader.
struct AffineChain {
  Value start, end;
  std::vector<NodeId> nodes;
  std::vector<double> scale, shift;  // one a channel

  bool scales() const;  // some scale is not 1
  bool shifts() const;  // some shift is not 0
  bool finite() const;
};

// The longest chain from `start` whose first step is its reader `first`; no steps if that is none. Nodes that `excluded`
// marks end it.
AffineChain affine_chain(const Graph& graph, Value start, NodeId first, const std::vector<bool>& excluded = {});

// Whether node `id` is an Add (Multiply) of data by a [1,C,1,1] constant in second place, as the passes leave them.
bool is_plain_step(const Graph& graph, NodeId id, BinaryKind kind);

}  // namespace octet::passes
