#include "formats/openvino_ir/attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/parse_number.h"

namespace octet::openvino_ir {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

template <typename T>
std::optional<T> parse_trimmed(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  return parse_number<T>(text);
}

template <typename T>
std::optional<std::vector<T>> parse_list(std::string_view text, std::optional<T> (*parse)(std::string_view)) {
  std::vector<T> values;
  if (trimmed(text).empty()) return values;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    const auto value = parse(text.substr(0, comma));
    if (!value) return std::nullopt;
    values.push_back(*value);
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
  return values;
}

std::optional<bool> flag_from_text(std::string_view text) {
  std::string lower(trimmed(text));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (lower == "true" || lower == "1" || lower == "yes") return true;
  if (lower == "false" || lower == "0" || lower == "no") return false;
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> integer_from_text(std::string_view text) { return parse_trimmed<std::int64_t>(text); }

std::optional<double> number_from_text(std::string_view text) {
  const auto value = parse_trimmed<double>(text);
  return value && !std::isnan(*value) ? value : std::nullopt;
}

std::optional<std::vector<std::int64_t>> integers_from_text(std::string_view text) { return parse_list(text, integer_from_text); }

std::optional<std::vector<double>> numbers_from_text(std::string_view text) { return parse_list(text, number_from_text); }

std::string text_from_integers(std::span<const std::int64_t> values, std::string_view separator) {
  return fmt::format("{}", fmt::join(values, separator));
}

std::string text_from_number(double value) { return fmt::format("{}", value); }

const std::string* AttributeReader::find(std::string_view name) const {
  for (const Attribute& attribute : layer_.attributes)
    if (attribute.name == name) return &attribute.value;
  return nullptr;
}

const std::string* AttributeReader::require(std::string_view name, bool has_fallback) {
  const std::string* value = find(name);
  if (!value && !has_fallback) fail(ErrorCode::kMalformed, fmt::format("has no attribute '{}'", name));
  return value;
}

void AttributeReader::fail(ErrorCode code, std::string message) {
  if (status_.ok()) status_ = Error{code, std::move(message)};
}

template <typename T>
T AttributeReader::read(std::string_view name, std::optional<T> fallback, std::string_view what,
                        std::optional<T> (*parse)(std::string_view)) {
  const std::string* value = require(name, fallback.has_value());
  if (!value) return std::move(fallback).value_or(T{});
  if (auto parsed = parse(*value)) return *std::move(parsed);
  fail(ErrorCode::kMalformed, fmt::format("attribute {}=\"{}\" is not {}", name, value->substr(0, 60), what));
  return T{};
}

std::string AttributeReader::text(std::string_view name, std::optional<std::string> fallback) {
  const std::string* value = require(name, fallback.has_value());
  return value ? *value : std::move(fallback).value_or("");
}

std::int64_t AttributeReader::integer(std::string_view name, std::optional<std::int64_t> fallback) {
  return read(name, fallback, "an integer", integer_from_text);
}

double AttributeReader::number(std::string_view name, std::optional<double> fallback) {
  return read(name, fallback, "a number", number_from_text);
}

bool AttributeReader::flag(std::string_view name, std::optional<bool> fallback) {
  return read(name, fallback, "true or false", flag_from_text);
}

std::vector<std::int64_t> AttributeReader::integers(std::string_view name, std::optional<std::vector<std::int64_t>> fallback) {
  return read(name, std::move(fallback), "a list of integers", integers_from_text);
}

std::vector<double> AttributeReader::numbers(std::string_view name, std::optional<std::vector<double>> fallback) {
  return read(name, std::move(fallback), "a list of numbers", numbers_from_text);
}

std::array<std::int64_t, 2> AttributeReader::pair(std::string_view name, std::optional<std::array<std::int64_t, 2>> fallback) {
  if (fallback && !has(name)) return *fallback;
  const auto values = integers(name);
  if (values.size() == 2) return {values[0], values[1]};
  fail(ErrorCode::kUnsupported, fmt::format("{} has {} values; only two (height, width) are supported", name, values.size()));
  return {};
}

std::string AttributeReader::choice(std::string_view name, std::initializer_list<std::string_view> choices,
                                    std::optional<std::string> fallback) {
  const std::string value = text(name, std::move(fallback));
  if (status_.ok() && std::find(choices.begin(), choices.end(), value) == choices.end())
    fail(ErrorCode::kUnsupported, fmt::format("{}=\"{}\" is not supported ({})", name, value.substr(0, 60), fmt::join(choices, ", ")));
  return value;
}

}  // namespace octet::openvino_ir
