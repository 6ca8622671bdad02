#include "importers/tensorflow/constant_tensor.h"

#include <cstring>

#include "base/checked_math.h"

namespace octet::tensorflow {

Status check_constant_shape(const Shape& shape) {
  const auto count = checked_product(shape);
  if (count && *count <= kMaxConstantElements && validate_shape(shape).ok()) return {};
  return Error{ErrorCode::kMalformed, "asks for a constant of shape " + to_string(shape) + ", which is too large"};
}

std::optional<ElementType> element_type_of(DataType type) {
  switch (type) {
    case DataType::kFloat:
      return ElementType::kF32;
    case DataType::kDouble:
      return ElementType::kF64;
    case DataType::kHalf:
      return ElementType::kF16;
    case DataType::kInt8:
      return ElementType::kI8;
    case DataType::kUint8:
      return ElementType::kU8;
    case DataType::kInt16:
      return ElementType::kI16;
    case DataType::kUint16:
      return ElementType::kU16;
    case DataType::kInt32:
      return ElementType::kI32;
    case DataType::kInt64:
      return ElementType::kI64;
    case DataType::kBool:
      return ElementType::kBoolean;
    case DataType::kString:
      break;
  }
  return std::nullopt;
}

namespace {

// The elements as the file has them. The record's bytes are as many as type and shape say.
Result<Tensor> stored(const TensorRecord& record) {
  const auto type = element_type_of(record.type);
  if (!type)
    return Error{ErrorCode::kUnsupported,
                 "a value of TensorFlow's type " + std::to_string(static_cast<int>(record.type)) + " has no numbers to use"};
  OCTET_RETURN_IF_ERROR(validate_shape(record.shape));
  // A byte of a bool may be any number in a file.
  Tensor tensor(*type == ElementType::kBoolean ? ElementType::kU8 : *type, record.shape);
  if (!record.bytes.empty()) std::memcpy(tensor.mutable_bytes().data(), record.bytes.data(), tensor.bytes().size());
  return converted(tensor, *type);
}

}  // namespace

Result<Tensor> tensor_of(const TensorRecord& record) {
  OCTET_RETURN_IF_ERROR(check_constant_shape(record.shape));
  return stored(record);
}

Result<Tensor> f32_tensor(const TensorRecord& record) {
  OCTET_ASSIGN(const Tensor tensor, stored(record));
  return converted(tensor, ElementType::kF32);
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
