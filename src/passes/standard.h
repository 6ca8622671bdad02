#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Brings a freshly imported graph into the form that the exporters, the quantizer and the runtime expect:
// convolutions with a bias Add of [1,C,1,1] behind them, named activations, no operation on constants alone but the ways in
// which weights are stored. The order, and why, is in standard.cc. True if anything changed.
bool run_import_passes(Graph& graph);

// Brings an IR that another program may have written into the form in which octet writes its own, as far as the runtime and the
// quantizer need it: constants stored as f16 become f32, the input becomes f32 [1,3,H,W]. What it computes stays. True if anything
// changed, which does not happen to octet's own IRs.
bool run_reading_passes(Graph& graph);

}  // namespace octet::passes
