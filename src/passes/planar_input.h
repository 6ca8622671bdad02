#pragma once

#include "graph/graph.h"

namespace octet::passes {

// Gives a model that takes pictures as bytes or with the channels last (u8, [1,H,W,3], as OpenVINO's preprocessing makes of any model)
// the input that octet's models have: f32 [1,3,H,W] of the same values under the same name. The Convert and the Transpose behind the
// Parameter, in either order, go with it; arithmetic with constants and the order of the channels between them move behind it. A model
// with several inputs, or with anything else on the way, stays as it is. Assumes folded constants. Ids change.
bool make_input_planar(Graph& graph);

}  // namespace octet::passes
