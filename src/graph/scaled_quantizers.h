#pragma once

#include "graph/graph.h"

namespace octet {

// A positive factor a channel in front of a FakeQuantize of a whole tensor can be a Multiply, and whole steps by which a channel is moved
// an Add behind it, which is what octet computes with. Or both lie in the limits of the FakeQuantize: those of the input less the
// offset and divided by the factor, one a channel, those of the output one for all. The second is how
// it is stored in an IR, as OpenVINO (2026.4, without its low-precision transformations) computes the first wrongly.
// Both functions keep what the graph computes, to the last digits of a float; ids change.
void scales_into_limits(Graph& graph);
void scales_out_of_limits(Graph& graph);

}  // namespace octet
