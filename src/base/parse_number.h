#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace octet {

// The number that the whole of `text` is, in C's notation whatever the locale. Nothing for all else: a blank, a plus sign, a rest, an
// empty text, a number beyond T. Floating-point types take "inf" and "nan".
template <typename T>
std::optional<T> parse_number(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace octet
