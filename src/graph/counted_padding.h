#pragma once

#include "graph/graph.h"

namespace octet {

// An average pool over padding that counts is the mean of what lies inside of the image, times the share of the window that does. The
// first is what octet computes with. The second, an AvgPool that leaves padding out and a Multiply, is how a pool of quantized numbers is
// stored in an IR where byte 0 is not zero: OpenVINO (2026.4, with its low-precision transformations) would pad the bytes with 0.
// Both functions keep what the graph computes, to the last digits of a float; ids change.
void split_counted_padding(Graph& graph);
void join_counted_padding(Graph& graph);

}  // namespace octet
