#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Lets constants of equal type, shape and bytes be one.
bool dedupe_constants(Graph& graph);

}  // namespace octet::passes
