#pragma once

#include "graph/graph.h"

namespace octet::openvino_ir {

// Puts zero back onto the grid of every quantizer of activations whose limits are stored as halves. 16 bits move a limit by up to a
// fifteenth of a step, so that zero lies between two levels, although the tool that chose the limits had it on one; OpenVINO's integer
// kernels round it likewise. The limits become those whose halves the file has; where there are none with zero on a level, they stay.
void restore_half_limits(Graph& graph);

}  // namespace octet::openvino_ir
