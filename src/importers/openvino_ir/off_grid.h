#pragma once

#include "graph/graph.h"

namespace octet::openvino_ir {

// Quantizers of activations whose zero lies between two levels, with nothing but quantized convolutions behind them, as OpenVINO's integer
// kernels compute them: x is rounded to the level that the file's limits say, and the convolution takes the nearest level for zero. NNCF
// and the Post-training Optimization Tool leave zero up to half a step off where less than half a step of a channel's range is on its other
// side.
void put_zeros_on_levels(Graph& graph);

}  // namespace octet::openvino_ir
