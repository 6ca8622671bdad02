#pragma once

#include "importers/onnx/node_import.h"

namespace octet::onnx {

// The rule of Einsum.
Result<Values> einsum(NodeImport& node);

}  // namespace octet::onnx
