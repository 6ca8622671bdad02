#pragma once

#include <string>
#include <vector>

#include "formats/openvino_ir/ir.h"
#include "graph/ops.h"

namespace octet::openvino_ir {

// An operation in the words of an IR: the opset that defines it and its attributes in the order in which OpenVINO writes them.
struct OperationForm {
  std::string opset;
  std::vector<Attribute> attributes;
};

// Of every operation but Constant, whose attributes tell the place of its bytes.
OperationForm form_of(const Op& op);

}  // namespace octet::openvino_ir
