#include "importers/tensorflow/constant_tensor.h"

#include "base/checked_math.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {

Status check_constant_shape(const Shape& shape) {
  const auto count = checked_product(shape);
  if (count && *count <= kMaxConstantElements && validate_shape(shape).ok()) return {};
  return Error{ErrorCode::kMalformed, "asks for a constant of shape " + to_string(shape) + ", which is too large"};
}

Result<Tensor> constant_value(const NodeRecord& node) {
  if (!node.attributes.contains("value")) return Error{ErrorCode::kMalformed, "has no value"};
  return attribute<Tensor>(node, "value", {});
}

Tensor tensor_of(ElementType type, Shape shape, const std::vector<double>& values) {
  return converted(Tensor::of<double>(std::move(shape), values), type);
}

Result<std::size_t> normal_axis(std::int64_t axis, std::size_t rank) {
  const auto sizes = static_cast<std::int64_t>(rank);
  if (axis < -sizes || axis >= sizes)
    return Error{ErrorCode::kMalformed, "axis " + std::to_string(axis) + " of a value of " + std::to_string(rank) + " dimensions"};
  return static_cast<std::size_t>(axis < 0 ? axis + sizes : axis);
}

}  // namespace octet::tensorflow
