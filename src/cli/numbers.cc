#include "cli/numbers.h"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace octet::cli {
namespace {

template <typename T>
bool is_between(const std::string& text, T low, T high) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= low && number <= high;
}

}  // namespace

CLI::Validator number_between(double low, double high) {
  const std::string range = fmt::format("a number from {:g} to {:g}", low, high);
  return CLI::Validator(
      [=](std::string& text) { return is_between(text, low, high) ? std::string() : fmt::format("'{}' is not {}", text, range); }, "");
}

CLI::Validator whole_number() {
  return CLI::Validator(
      [](std::string& text) {
        return is_between<std::int64_t>(text, 0, INT64_MAX) ? std::string() : fmt::format("'{}' is not a whole number from 0", text);
      },
      "");
}

}  // namespace octet::cli
