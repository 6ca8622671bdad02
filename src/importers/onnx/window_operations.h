#pragma once

#include <optional>

#include "importers/onnx/node_import.h"

namespace octet::onnx {

// A convolution with the attributes of ONNX's Conv: strides, dilations, pads, auto_pad, group. Data [N,C,H,W] or [N,C,W]; weights
// [O,C/groups,kh,kw], whose stored form (passes/stored_weights.h) stays; bias [O] or none.
Result<Value> convolve(NodeImport& node, Value data, Value weights, std::optional<Value> bias);

// value [N,C,...] + bias [C]
Result<Value> add_bias(NodeImport& node, Value value, std::optional<Value> bias);

// With the attributes of ONNX's AveragePool.
Result<Value> average_pool(NodeImport& node, Value data);

// The mean of everything behind the channels, whose axes stay.
Result<Value> global_average(NodeImport& node, Value data);

}  // namespace octet::onnx
