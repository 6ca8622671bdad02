#pragma once

#include <cstdint>

#include "importers/onnx/node_import.h"

namespace octet::onnx {

// Softmax of `data` with the attribute 'axis' of the node: before operator set 13 over all axes from that one on at once, later over it
// alone.
Result<Value> softmax(NodeImport& node, Value data, std::int64_t opset);

}  // namespace octet::onnx
