#include "importers/tensorflow/array.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "base/checked_math.h"
#include "tensor/half.h"

namespace octet::tensorflow {
namespace {

// Calls use(i, value) for each element of a record.
template <typename Stored, typename Use>
void read_as(const TensorRecord& record, const Use& use) {
  for (std::size_t i = 0; i < record.bytes.size() / sizeof(Stored); ++i) {
    Stored value;
    std::memcpy(&value, &record.bytes[i * sizeof value], sizeof value);
    use(i, value);
  }
}

template <typename Use>
void read_elements(const TensorRecord& record, const Use& use) {
  switch (record.type) {
    case DataType::kFloat:
      return read_as<float>(record, use);
    case DataType::kDouble:
      return read_as<double>(record, use);
    case DataType::kInt32:
      return read_as<std::int32_t>(record, use);
    case DataType::kUint8:
    case DataType::kBool:
      return read_as<std::uint8_t>(record, use);
    case DataType::kInt16:
      return read_as<std::int16_t>(record, use);
    case DataType::kInt8:
      return read_as<std::int8_t>(record, use);
    case DataType::kInt64:
      return read_as<std::int64_t>(record, use);
    case DataType::kUint16:
      return read_as<std::uint16_t>(record, use);
    case DataType::kHalf:
      return read_as<std::uint16_t>(record, [&](std::size_t i, std::uint16_t half) { use(i, float_from_half(half)); });
    case DataType::kString:
      break;
  }
}

Error no_numbers(DataType type) {
  return {ErrorCode::kUnsupported, "a value of TensorFlow's type " + std::to_string(static_cast<int>(type)) + " has no numbers to use"};
}

}  // namespace

Result<Array> make_array(DataType type, Shape shape) {
  const auto count = checked_product(shape);
  if (!count || *count > kMaxArrayElements)
    return Error{ErrorCode::kMalformed, "asks for a constant of shape " + to_string(shape) + ", which is too large"};
  return Array{type, std::move(shape), std::vector<double>(static_cast<std::size_t>(*count))};
}

double rounded(double value, DataType type) {
  switch (type) {
    case DataType::kFloat:
      return static_cast<float>(value);
    case DataType::kHalf:
      return float_from_half(half_from_float(static_cast<float>(value)));
    case DataType::kDouble:
      return value;
    case DataType::kBool:
      return value != 0 ? 1 : 0;
    default:
      return std::trunc(value);
  }
}

Result<Array> array_of(const TensorRecord& record) {
  if (size_of(record.type) == 0) return no_numbers(record.type);
  OCTET_ASSIGN(Array array, make_array(record.type, record.shape));
  read_elements(record, [&](std::size_t i, auto value) { array.values[i] = static_cast<double>(value); });
  return array;
}

Result<Tensor> f32_tensor(const TensorRecord& record) {
  if (size_of(record.type) == 0) return no_numbers(record.type);
  OCTET_RETURN_IF_ERROR(validate_shape(record.shape));
  Tensor tensor(ElementType::kF32, record.shape);
  const auto values = tensor.mutable_values<float>();
  read_elements(record, [&](std::size_t i, auto value) { values[i] = static_cast<float>(value); });
  return tensor;
}

Tensor f32_tensor(const Array& array) {
  Tensor tensor(ElementType::kF32, array.shape);
  const auto values = tensor.mutable_values<float>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(array.values[i]);
  return tensor;
}

std::vector<std::int64_t> integers(const Array& array) {
  constexpr double kLimit = 9e15;  // whole doubles beyond are not exact
  std::vector<std::int64_t> result;
  result.reserve(array.values.size());
  for (const double value : array.values)
    result.push_back(std::isnan(value) ? 0 : static_cast<std::int64_t>(std::fmin(std::fmax(value, -kLimit), kLimit)));
  return result;
}

Result<std::size_t> normal_axis(std::int64_t axis, std::size_t rank) {
  const auto sizes = static_cast<std::int64_t>(rank);
  if (axis < -sizes || axis >= sizes)
    return Error{ErrorCode::kMalformed, "axis " + std::to_string(axis) + " of a value of " + std::to_string(rank) + " dimensions"};
  return static_cast<std::size_t>(axis < 0 ? axis + sizes : axis);
}

}  // namespace octet::tensorflow
