#pragma once

#include "graph/graph.h"

namespace octet::quant {

// Brings the numbers of a quantized graph to those that integers with scales and zero points can say, so that an IR of it and an ONNX model
// in the form of QuantizeLinear and DequantizeLinear compute the same to the last bit: limits of 256 levels become those of their scale and
// zero point, biases of convolutions of bytes, by weights that are stored as i8, whole multiples of the product of the scales of data and
// weights (half of one unit of the sum at most is what that moves). What channels are moved by in front of a quantizer becomes whole steps
// of it, which the biases of the convolutions that read it give back. Biases that 32 bits cannot hold stay as they are.
void settle_numbers(Graph& graph);

}  // namespace octet::quant
