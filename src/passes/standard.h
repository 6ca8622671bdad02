#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Brings a freshly imported graph into the form that the exporters, the quantizer and the runtime expect:
// convolutions with a bias Add of [1,C,1,1] behind them, named activations, no operation on constants alone but the ways in
// which weights are stored. The order, and why, is in standard.cc. True if anything changed.
bool run_import_passes(Graph& graph);

}  // namespace octet::passes
