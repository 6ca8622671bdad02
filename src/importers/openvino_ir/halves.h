#pragma once

#include "graph/graph.h"

namespace octet::openvino_ir {

// The graph with floats of 32 bits wherever it has some of 16, as OpenVINO computes it on a CPU: constants that were compressed, what the
// Model Optimizer of former versions wrote for --data_type FP16, networks that were trained in halves.
// Conversions between the two are gone.
Graph with_floats_for_halves(Graph graph);

}  // namespace octet::openvino_ir
