#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace octet::passes {

struct FoldLimits {
  std::int64_t elements = std::int64_t{1} << 26;  // of one result; larger ones stay computed
};

// Replaces what depends on constants alone by its value, and ShapeOf by the shape. The way weights are stored
// (stored_weights.h) stays. Leaves no node but that one whose inputs are all constants.
bool fold_constants(Graph& graph, const FoldLimits& limits = {});

}  // namespace octet::passes
