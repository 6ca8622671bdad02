#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Makes a graph whose inputs [N,3,H,W] take RGB take BGR (or the other way round) with the same results. The reversal moves
// through element-wise operations, whose per-channel constants are reversed too, into the weights of the first convolutions;
// where some way from an input does not end in a convolution, the input gets a Gather instead. False if no input has the form.
bool reverse_input_channels(Graph& graph);

}  // namespace octet::passes
