#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"
#include "tensor/tensor.h"

// TensorFlow's constants as octet's tensors.
namespace octet::tensorflow {

// Limit of the elements of a value that is computed at import, so that a file of a few hundred bytes takes less than a gigabyte: of
// several values, as f64 and with the places that they are read from. The largest of real graphs are the scores of a RetinaNet for
// 1024 pixels, 130,944 anchors of 91 classes.
inline constexpr std::int64_t kMaxConstantElements = 12'000'000;

// kMalformed if a value of this shape is not to be computed at import: a negative size, or too many elements.
Status check_constant_shape(const Shape& shape);

// The value of a Const, of any size. kMalformed, naming no node, if it has none, or none of numbers.
Result<Tensor> constant_value(const NodeRecord& node);

// Numbers rounded to an element type as Convert rounds them. The shape must have passed check_constant_shape.
Tensor tensor_of(ElementType type, Shape shape, const std::vector<double>& values);

// A negative axis counts from the end; kMalformed if it leaves the rank.
Result<std::size_t> normal_axis(std::int64_t axis, std::size_t rank);

}  // namespace octet::tensorflow
