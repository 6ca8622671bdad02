#pragma once

#include "graph/graph.h"

namespace octet::openvino_ir {

// A graph with floats of 32 bits wherever it has some of 16, as OpenVINO computes it on a CPU: what the Model Optimizer of former versions
// wrote for --data_type FP16, input included.
Graph with_floats_for_halves(const Graph& graph);

}  // namespace octet::openvino_ir
