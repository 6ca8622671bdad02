#pragma once

#include "formats/onnx/model.h"

namespace octet::onnx {

// Brings nodes of older operator sets into the form of opset 21 that the rules know: attributes that became inputs (axes, split, pads,
// limits ...) become initializers, operators that were renamed or absorbed take their later names. What changed in meaning without a
// change of form stays and is told by Node::opset: Softmax before 13.
void upgrade(GraphRecord& graph);

}  // namespace octet::onnx
