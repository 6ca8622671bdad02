#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace octet::passes {

// What is larger stays computed, so that a small file cannot ask for much.
struct FoldLimits {
  std::int64_t elements = std::int64_t{1} << 26;  // of one result
  std::int64_t total = std::int64_t{1} << 26;     // of all results, beyond a few times the constants that the graph has
};

// Replaces what depends on constants alone by its value, and ShapeOf by the shape. The way weights are stored
// (stored_weights.h) stays. Leaves no node but that one whose inputs are all constants.
bool fold_constants(Graph& graph, const FoldLimits& limits = {});

}  // namespace octet::passes
