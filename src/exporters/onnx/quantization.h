#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

// What of a graph says how tensors are quantized, in the terms of QuantizeLinear and DequantizeLinear: real = (stored - zero) * scale.
namespace octet::onnx {

// Weights that are stored as integers, as DequantizeLinear takes them.
struct StoredWeights {
  Tensor integers;  // i8 or u8, in the layout of ONNX
  Tensor scale;     // f32, a scalar or one number for each element of `axis`
  Tensor zero;      // of the type of the integers and the shape of the scale; without elements where it is 0
  std::int64_t axis = 0;
};

// Of a Convolution, GroupConvolution or MatMul whose weights have the form
//   i8 or u8 Constant -> Convert -> [Subtract zero point] -> Multiply scale -> [Reshape].
// Nothing for other weights, for scales that DequantizeLinear cannot have (not positive, not finite, of several axes) and for zero
// points that the integers cannot hold.
std::optional<StoredWeights> stored_weights(const Graph& graph, const Node& node);

// Constant weights in the layout of ONNX: [outputs, inputs, kernel] of a convolution, [..., inputs, outputs] of a MatMul.
Tensor in_onnx_layout(const Tensor& weights, const Graph& graph, const Node& node);

}  // namespace octet::onnx
