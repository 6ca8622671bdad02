#include "cli/numbers.h"

#include <cstdint>

#include <fmt/format.h>

#include "base/parse_number.h"

namespace octet::cli {
namespace {

template <typename T>
bool is_between(const std::string& text, T low, T high) {
  const auto number = parse_number<T>(text);
  return number && *number >= low && *number <= high;
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
