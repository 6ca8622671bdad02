#pragma once

#include <vector>

#include "importers/openvino_ir/layer_import.h"

namespace octet::openvino_ir {

// Einsum of two operands as one MatMul between transposes. kUnsupported for other numbers of operands, labels that stand twice in one, an
// ellipsis, and sums over a label of one operand alone; kMalformed where the equation does not fit the operands.
Result<std::vector<Value>> import_einsum(LayerImport& layer);

}  // namespace octet::openvino_ir
