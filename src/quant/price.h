#pragma once

#include "graph/graph.h"
#include "quant/placement.h"

namespace octet::quant {

// What the layers of `all` cost the engine, in picoseconds on one core, where those of `chosen`, of which they are a superset, compute in
// integers and the rest in float: products and bytes moved, at rates that were measured once (docs/quantization.md). It ranks choices and
// bounds what they cost; nothing is timed, so that the same model has the same price everywhere.
double price(const Graph& graph, const QuantizationPlan& all, const QuantizationPlan& chosen);

}  // namespace octet::quant
