#include "tensor/tensor.h"

#include <cmath>
#include <limits>
#include <type_traits>

#include "tensor/half.h"

namespace octet {
namespace {

template <typename To, typename From>
To saturating_cast(From value) {
  if constexpr (std::is_floating_point_v<To>) {
    return static_cast<To>(value);
  } else if constexpr (std::is_floating_point_v<From>) {
    if (std::isnan(value)) return To{0};
    if (value <= static_cast<From>(std::numeric_limits<To>::lowest())) return std::numeric_limits<To>::lowest();
    if (value >= static_cast<From>(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
    return static_cast<To>(value);
  } else {
    if (std::in_range<To>(value)) return static_cast<To>(value);
    return value < 0 ? std::numeric_limits<To>::lowest() : std::numeric_limits<To>::max();
  }
}

// visit(std::type_identity<T>()) with the C++ type of the elements; false where they have none.
template <typename Visit>
bool with_type(ElementType type, Visit&& visit) {
  switch (type) {
    case ElementType::kF32:
      return visit(std::type_identity<float>());
    case ElementType::kF64:
      return visit(std::type_identity<double>());
    case ElementType::kI8:
      return visit(std::type_identity<std::int8_t>());
    case ElementType::kU8:
      return visit(std::type_identity<std::uint8_t>());
    case ElementType::kI16:
      return visit(std::type_identity<std::int16_t>());
    case ElementType::kU16:
      return visit(std::type_identity<std::uint16_t>());
    case ElementType::kI32:
      return visit(std::type_identity<std::int32_t>());
    case ElementType::kU32:
      return visit(std::type_identity<std::uint32_t>());
    case ElementType::kI64:
      return visit(std::type_identity<std::int64_t>());
    case ElementType::kU64:
      return visit(std::type_identity<std::uint64_t>());
    case ElementType::kF16:
    case ElementType::kBoolean:
      break;
  }
  return false;
}

// Calls visit with a span of the tensor's own type; half floats and booleans come widened.
template <typename Visit>
void visit_values(const Tensor& tensor, Visit&& visit) {
  const auto visit_as = [&]<typename T>(std::type_identity<T>) {
    visit(tensor.values<T>());
    return true;
  };
  if (with_type(tensor.type(), visit_as)) return;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(tensor.bytes().data());
  std::vector<float> widened(static_cast<std::size_t>(tensor.size()));
  for (std::size_t i = 0; i < widened.size(); ++i) {
    std::uint16_t half = 0;
    if (tensor.type() == ElementType::kF16) std::memcpy(&half, bytes + 2 * i, sizeof half);
    widened[i] = tensor.type() == ElementType::kF16 ? float_from_half(half) : static_cast<float>(bytes[i] != 0);
  }
  visit(std::span<const float>(widened));
}

// Fills a tensor of half floats or booleans.
void fill_bytes(const Tensor& from, Tensor& to) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(to.mutable_bytes().data());
  visit_values(from, [&](auto values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::uint16_t half = half_from_float(static_cast<float>(values[i]));
      if (to.type() == ElementType::kF16)
        std::memcpy(bytes + 2 * i, &half, sizeof half);
      else
        bytes[i] = values[i] != 0;
    }
  });
}

}  // namespace

template <typename T>
std::vector<T> to_vector(const Tensor& tensor) {
  std::vector<T> result(static_cast<std::size_t>(tensor.size()));
  visit_values(tensor, [&](auto values) {
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = saturating_cast<T>(values[i]);
  });
  return result;
}
template std::vector<float> to_vector<float>(const Tensor&);
template std::vector<double> to_vector<double>(const Tensor&);
template std::vector<std::int64_t> to_vector<std::int64_t>(const Tensor&);

Tensor converted(const Tensor& tensor, ElementType type) {
  if (tensor.type() == type) return tensor;
  Tensor result(type, tensor.shape());
  const auto fill_as = [&]<typename T>(std::type_identity<T>) {
    const auto out = result.mutable_values<T>();
    visit_values(tensor, [&](auto values) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = saturating_cast<T>(values[i]);
    });
    return true;
  };
  if (!with_type(type, fill_as)) fill_bytes(tensor, result);
  return result;
}

}  // namespace octet
