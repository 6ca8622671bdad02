#pragma once

#include "exporters/onnx/node_export.h"

// How each operation is written: rules_<kind>.cc hold the rules of related operations. kUnsupported for what ONNX cannot express.
namespace octet::onnx {

#define OCTET_DECLARE(Operation) Status write(const Operation& op, NodeExport& to);
OCTET_EACH_OPERATION(OCTET_DECLARE)
#undef OCTET_DECLARE

}  // namespace octet::onnx
