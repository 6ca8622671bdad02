#pragma once

#include <cstddef>
#include <optional>

#include "importers/onnx/node_import.h"

namespace octet::onnx {

// Translation of quantized tensors. What is quantized in a file is, in octet's graph,
//   an activation  its real values behind a FakeQuantize of as many levels as its type has;
//   a weight       i8 Constant -> Convert -> [Subtract] -> Multiply, whose integers and scales are the file's (passes/stored_weights.h);
//   a bias         its real values.

// Scale and zero point of a tensor, at two inputs of a node; the zero point may be left out. Constants alone are supported.
// kMalformed for scales that are not positive and finite, zero points out of range, a number of them that does not fit.
struct QuantizationInputs {
  ElementType type = ElementType::kU8;
  std::vector<double> scales;             // one, or one for each place along the axis
  std::vector<std::int64_t> zero_points;  // as many as scales
  std::int64_t axis = 0;
};
Result<QuantizationInputs> quantization_at(const NodeImport& node, std::size_t scale, std::size_t zero_point, ElementType otherwise,
                                           std::int64_t axis);

// The real values of the quantized tensor at input `data`.
Result<Value> dequantized(NodeImport& node, std::size_t data, const QuantizationInputs& given);

// Real values quantized: a computed value behind a FakeQuantize, a constant as its integers.
Result<ImportedValue> quantized(NodeImport& node, Value data, const QuantizationInputs& given);

}  // namespace octet::onnx
