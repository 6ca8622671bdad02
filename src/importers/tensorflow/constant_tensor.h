#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"
#include "tensor/tensor.h"

// TensorFlow's constants as octet's tensors.
namespace octet::tensorflow {

// Limit of the elements of a value that is computed at import; guards against small files that ask for much.
inline constexpr std::int64_t kMaxConstantElements = std::int64_t{1} << 24;

// kMalformed if a value of this shape is not to be computed at import: a negative size, or too many elements.
Status check_constant_shape(const Shape& shape);

// The element type of the same meaning; nothing for one without numbers (text, resources) and those that octet lacks.
std::optional<ElementType> element_type_of(DataType type);

// The constant in its own type. Errors: kUnsupported for a type without numbers, kMalformed if it is too large.
Result<Tensor> tensor_of(const TensorRecord& record);
// The same as f32, of any size: weights.
Result<Tensor> f32_tensor(const TensorRecord& record);

// Numbers rounded to an element type as Convert rounds them. The shape must have passed check_constant_shape.
Tensor tensor_of(ElementType type, Shape shape, const std::vector<double>& values);

// A negative axis counts from the end; kMalformed if it leaves the rank.
Result<std::size_t> normal_axis(std::int64_t axis, std::size_t rank);

}  // namespace octet::tensorflow
