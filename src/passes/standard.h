#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Brings a freshly imported graph into the form that the exporters, the quantizer and the runtime expect:
// convolutions with a bias Add of [1,C,1,1] behind them, named activations, no operation on constants alone but the ways in
// which weights are stored. The order, and why, is in standard.cc. True if anything changed.
bool run_import_passes(Graph& graph);

// Gives an IR that another program may have written the input that octet's own have, f32 [1,3,H,W], where its picture comes in another
// form. What it computes stays. True if anything changed, which does not happen to octet's own IRs.
bool run_reading_passes(Graph& graph);

// Brings a graph that another program, or octet of another version, may have written into the form that octet's runtime computes fastest
// and most of in integers; border and results stay. The quantizer works on graphs of this form, too. True if anything changed.
bool run_execution_passes(Graph& graph);

}  // namespace octet::passes
