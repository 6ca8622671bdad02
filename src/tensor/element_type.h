#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace octet {

enum class ElementType : std::uint8_t { kF32, kF16, kF64, kI8, kU8, kI16, kU16, kI32, kU32, kI64, kU64, kBoolean };

// Bytes of one element.
std::size_t size_of(ElementType type);

// OpenVINO's names: "f32", "i8", "boolean", ...
std::string_view name_of(ElementType type);
std::optional<ElementType> element_type_from_name(std::string_view name);

// The element type of a C++ type: element_type_of<float> is kF32.
template <typename T>
inline constexpr ElementType element_type_of = [] {
  static_assert(sizeof(T) == 0, "no element type of octet");
  return ElementType::kF32;
}();
template <>
inline constexpr ElementType element_type_of<float> = ElementType::kF32;
template <>
inline constexpr ElementType element_type_of<double> = ElementType::kF64;
template <>
inline constexpr ElementType element_type_of<std::int8_t> = ElementType::kI8;
template <>
inline constexpr ElementType element_type_of<std::uint8_t> = ElementType::kU8;
template <>
inline constexpr ElementType element_type_of<std::int16_t> = ElementType::kI16;
template <>
inline constexpr ElementType element_type_of<std::uint16_t> = ElementType::kU16;
template <>
inline constexpr ElementType element_type_of<std::int32_t> = ElementType::kI32;
template <>
inline constexpr ElementType element_type_of<std::uint32_t> = ElementType::kU32;
template <>
inline constexpr ElementType element_type_of<std::int64_t> = ElementType::kI64;
template <>
inline constexpr ElementType element_type_of<std::uint64_t> = ElementType::kU64;
template <>
inline constexpr ElementType element_type_of<bool> = ElementType::kBoolean;

}  // namespace octet
