#pragma once

#include <vector>

#include "formats/openvino_ir/ir.h"
#include "graph/ops.h"

namespace octet::openvino_ir {

// The attributes of an operation in an IR, in the order in which OpenVINO writes them. Of every operation but Constant, whose attributes
// tell the place of its bytes.
std::vector<Attribute> attributes_of(const Op& op);

}  // namespace octet::openvino_ir
