#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/openvino_ir/ir.h"

namespace octet::openvino_ir {

// Numbers as text, the whole of it or nothing. Infinities are "inf" and "-inf"; NaN is no number here.
std::optional<std::int64_t> integer_from_text(std::string_view text);
std::optional<double> number_from_text(std::string_view text);

// Lists with commas between the numbers and blanks anywhere; "" is the empty list.
std::optional<std::vector<std::int64_t>> integers_from_text(std::string_view text);
std::optional<std::vector<double>> numbers_from_text(std::string_view text);

std::string text_from_integers(std::span<const std::int64_t> values, std::string_view separator = ", ");
// The shortest text that reads back as the same double.
std::string text_from_number(double value);

// Typed reading of a layer's attributes. A missing attribute or one that is no number is remembered and a default returned, so that a
// rule reads all it needs and asks status() once.
class AttributeReader {
 public:
  explicit AttributeReader(const Layer& layer) : layer_(layer) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::string text(std::string_view name, std::optional<std::string> fallback = {});
  std::int64_t integer(std::string_view name, std::optional<std::int64_t> fallback = {});
  double number(std::string_view name, std::optional<double> fallback = {});
  bool flag(std::string_view name, std::optional<bool> fallback = {});  // true, false, 1, 0, yes, no in any case
  std::vector<std::int64_t> integers(std::string_view name, std::optional<std::vector<std::int64_t>> fallback = {});
  std::vector<double> numbers(std::string_view name, std::optional<std::vector<double>> fallback = {});

  // Height and width; kUnsupported where the list has another length, as 1-D and 3-D operations do.
  std::array<std::int64_t, 2> pair(std::string_view name, std::optional<std::array<std::int64_t, 2>> fallback = {});

  // One of `choices`, else kUnsupported with all of them.
  std::string choice(std::string_view name, std::initializer_list<std::string_view> choices, std::optional<std::string> fallback = {});

  // The first thing that went wrong.
  const Status& status() const { return status_; }

 private:
  const std::string* find(std::string_view name) const;
  const std::string* require(std::string_view name, bool has_fallback);
  void fail(ErrorCode code, std::string message);
  template <typename T>
  T read(std::string_view name, std::optional<T> fallback, std::string_view what, std::optional<T> (*parse)(std::string_view));

  const Layer& layer_;
  Status status_;
};

}  // namespace octet::openvino_ir
