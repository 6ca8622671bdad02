// ONNX tensors: values in raw_data (little-endian), in a field of their type, or in another file.
#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/checked_math.h"
#include "base/parse_number.h"
#include "formats/onnx/records.h"

namespace octet::onnx {
namespace {

static_assert(std::endian::native == std::endian::little, "raw tensor contents are little-endian");

struct KnownType {
  DataType type;
  std::string_view name;
  ElementType element;
  std::size_t stored_bytes;  // of an element in raw_data
};

constexpr KnownType kTypes[] = {
    {DataType::kFloat, "float", ElementType::kF32, 4},       {DataType::kUint8, "uint8", ElementType::kU8, 1},
    {DataType::kInt8, "int8", ElementType::kI8, 1},          {DataType::kUint16, "uint16", ElementType::kU16, 2},
    {DataType::kInt16, "int16", ElementType::kI16, 2},       {DataType::kInt32, "int32", ElementType::kI32, 4},
    {DataType::kInt64, "int64", ElementType::kI64, 8},       {DataType::kBool, "bool", ElementType::kBoolean, 1},
    {DataType::kFloat16, "float16", ElementType::kF16, 2},   {DataType::kDouble, "double", ElementType::kF64, 8},
    {DataType::kUint32, "uint32", ElementType::kU32, 4},     {DataType::kUint64, "uint64", ElementType::kU64, 8},
    {DataType::kBfloat16, "bfloat16", ElementType::kF32, 2},
};

constexpr std::pair<std::int32_t, std::string_view> kUnreadTypes[] = {
    {8, "string"},          {14, "complex64"}, {15, "complex128"}, {17, "float8e4m3fn"}, {18, "float8e4m3fnuz"}, {19, "float8e5m2"},
    {20, "float8e5m2fnuz"}, {21, "uint4"},     {22, "int4"},       {23, "float4e2m1"},   {24, "float8e8m0"},
};

const KnownType* find_type(DataType type) {
  const auto* found = std::ranges::find(kTypes, type, &KnownType::type);
  return found == std::end(kTypes) ? nullptr : found;
}

Result<const KnownType*> known_type(DataType type) {
  if (const KnownType* known = find_type(type)) return known;
  return unsupported("element type " + name_of(type) + " is not supported");
}

// bfloat16 is the upper half of a float.
Tensor widened_bfloat16(Shape shape, std::span<const std::byte> bytes) {
  Tensor tensor(ElementType::kF32, std::move(shape));
  const auto to = tensor.mutable_bytes();
  for (std::size_t i = 0; i < bytes.size() / 2; ++i) std::memcpy(&to[4 * i + 2], &bytes[2 * i], 2);
  return tensor;
}

Tensor tensor_of_bytes(const KnownType& type, Shape shape, std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  if (type.type == DataType::kBfloat16) return widened_bfloat16(std::move(shape), bytes);
  // A byte of a bool may be any number in a file, and external data may begin at any byte.
  if (type.element == ElementType::kBoolean)
    return converted(Tensor(ElementType::kU8, std::move(shape), bytes, std::move(owner)), ElementType::kBoolean);
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % type.stored_bytes == 0)
    return Tensor(type.element, std::move(shape), bytes, std::move(owner));
  Tensor aligned(type.element, std::move(shape));
  std::ranges::copy(bytes, aligned.mutable_bytes().begin());
  return aligned;
}

template <typename Stored, typename Values>
void copy_values(const Values& values, std::span<std::byte> to) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(values.size()); ++i) {
    const auto value = static_cast<Stored>(values.Get(static_cast<int>(i)));
    std::memcpy(&to[i * sizeof value], &value, sizeof value);
  }
}

// The field in which values of a type stand one by one: visit(values, element as stored).
template <typename Visit>
auto visit_typed_values(DataType type, const TensorProto& source, Visit&& visit) {
  switch (type) {
    case DataType::kFloat:
      return visit(source.float_data(), float{});
    case DataType::kDouble:
      return visit(source.double_data(), double{});
    case DataType::kInt64:
      return visit(source.int64_data(), std::int64_t{});
    case DataType::kUint64:
      return visit(source.uint64_data(), std::uint64_t{});
    case DataType::kUint32:
      return visit(source.uint64_data(), std::uint32_t{});
    case DataType::kInt32:
      return visit(source.int32_data(), std::int32_t{});
    case DataType::kInt16:
    case DataType::kUint16:
    case DataType::kFloat16:
    case DataType::kBfloat16:
      return visit(source.int32_data(), std::uint16_t{});
    default:
      return visit(source.int32_data(), std::uint8_t{});
  }
}

Result<Tensor> tensor_of_values(const KnownType& type, Shape shape, const TensorProto& source) {
  const std::int64_t elements = element_count(shape);
  return visit_typed_values(type.type, source, [&](const auto& values, auto stored) -> Result<Tensor> {
    if (values.size() != elements)
      return malformed("has " + std::to_string(values.size()) + " values where its shape " + to_string(shape) + " asks for " +
                       std::to_string(elements));
    const auto owner = std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(elements) * sizeof stored);
    copy_values<decltype(stored)>(values, *owner);
    return tensor_of_bytes(type, std::move(shape), *owner, owner);
  });
}

Result<ExternalPlace> external_place(const TensorProto& source) {
  ExternalPlace place;
  for (const StringStringEntryProto& entry : source.external_data()) {
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() != "offset" && entry.key() != "length") continue;  // a checksum, or what another program keeps there
    const auto number = parse_number<std::int64_t>(entry.value());
    if (!number || *number < 0) return malformed("external data with " + entry.key() + " " + in_quotes(entry.value()));
    (entry.key() == "offset" ? place.offset : place.length) = *number;
  }
  return place;
}

Error wrong_size(std::size_t has, std::int64_t needs, const Shape& shape) {
  return malformed("has " + std::to_string(has) + " bytes where its shape " + to_string(shape) + " asks for " + std::to_string(needs));
}

Result<Tensor> read_tensor(TensorProto& source, Reading& reading) {
  OCTET_ASSIGN(const KnownType* type, known_type(static_cast<DataType>(source.data_type())));
  Shape shape(source.dims().begin(), source.dims().end());
  if (shape.size() > 64 || !validate_shape(shape).ok()) return malformed("has no valid shape");
  if (source.has_segment()) return unsupported("is stored in segments, which is not supported");
  const std::int64_t bytes = element_count(shape) * static_cast<std::int64_t>(type->stored_bytes);
  if (source.data_location() == TensorProto::EXTERNAL) {
    OCTET_ASSIGN(const ExternalPlace place, external_place(source));
    OCTET_ASSIGN(ExternalData::Bytes content, reading.external.read(place, bytes));
    return tensor_of_bytes(*type, std::move(shape), content.bytes, std::move(content.owner));
  }
  if (source.raw_data().empty()) return tensor_of_values(*type, std::move(shape), source);
  if (static_cast<std::int64_t>(source.raw_data().size()) != bytes) return wrong_size(source.raw_data().size(), bytes, shape);
  const auto owner = std::make_shared<const std::string>(std::move(*source.mutable_raw_data()));
  return tensor_of_bytes(*type, std::move(shape), std::as_bytes(std::span(*owner)), owner);
}

}  // namespace

std::string name_of(DataType type) {
  if (const KnownType* known = find_type(type)) return std::string(known->name);
  for (const auto& [number, name] : kUnreadTypes)
    if (number == static_cast<std::int32_t>(type)) return std::string(name);
  return "number " + std::to_string(static_cast<std::int32_t>(type));
}

Result<ElementType> element_type_of(DataType type) {
  OCTET_ASSIGN(const KnownType* known, known_type(type));
  return known->element;
}

Result<Tensor> tensor_of(TensorProto& source, Reading& reading) {
  auto tensor = read_tensor(source, reading);
  if (tensor.ok() || source.name().empty()) return tensor;
  return tensor.error().at("tensor " + in_quotes(source.name()));
}

}  // namespace octet::onnx
