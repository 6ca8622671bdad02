#include "graph/op_functions.h"

// Where a graph begins and ends.
namespace octet::ops {

Types infer(const Parameter& op, const Arguments&) { return one_output(op.type, op.shape); }
Types infer(const Constant& op, const Arguments&) { return one_output(op.value.type(), op.value.shape()); }
Types infer(const Output&, const Arguments& arguments) { return same_type(arguments); }

Tensors evaluate(const Parameter&, const Call&) {
  OCTET_CHECK(false, "a parameter has no value of its own");
  return {};
}
Tensors evaluate(const Constant& op, const Call&) { return {op.value}; }
Tensors evaluate(const Output&, const Call& call) { return {call.inputs[0]}; }

}  // namespace octet::ops
