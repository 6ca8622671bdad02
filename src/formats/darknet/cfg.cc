// A cfg is lines of text: "[section]", "key=value", and comments, which begin with '#' or ';'. Darknet drops every blank
// before it looks at a line, so "stride = 2" is "stride=2"; comments at the end of a line it takes for a part of the value,
// where its number parser stops. Here they are cut off.
#include "formats/darknet/cfg.h"

#include <algorithm>
#include <cmath>

#include "base/parse_number.h"

namespace octet::darknet {
namespace {

constexpr std::size_t kShownCharacters = 40;

std::string without_blanks_and_comment(std::string_view line) {
  std::string kept;
  for (const char c : line.substr(0, line.find_first_of("#;")))
    if (c != ' ' && c != '\t' && c != '\r') kept += c;
  return kept;
}

Error line_error(int line, std::string_view what) {
  return {ErrorCode::kMalformed, "line " + std::to_string(line) + ": " + std::string(what)};
}

Status add_section(std::vector<CfgSection>& sections, const std::string& line, int number) {
  if (line.back() != ']' || line.size() < 3) return line_error(number, "'" + printable(line) + "' is no section such as [net]");
  if (sections.size() == kMaxSections) return line_error(number, "more than " + std::to_string(kMaxSections) + " sections");
  sections.push_back({line.substr(1, line.size() - 2), number, {}});
  return {};
}

Status add_option(std::vector<CfgSection>& sections, const std::string& line, int number) {
  const std::size_t equals = line.find('=');
  if (equals == std::string::npos || equals == 0) return line_error(number, "'" + printable(line) + "' is no option such as size=3");
  if (sections.empty()) return line_error(number, "an option before the first section");
  sections.back().options.push_back({line.substr(0, equals), line.substr(equals + 1), number});
  return {};
}

bool parse_finite(std::string_view text, double& number) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto parsed = parse_number<double>(text);
  number = parsed.value_or(0);
  return parsed && std::isfinite(number);
}

bool parse_integer(std::string_view text, std::int64_t& integer) {
  constexpr double kExactIntegers = 9007199254740992.0;
  double number = 0;
  if (!parse_finite(text, number) || number != std::floor(number) || std::abs(number) > kExactIntegers) return false;
  integer = static_cast<std::int64_t>(number);
  return true;
}

Error value_error(const CfgSection& section, const CfgOption& option, std::string_view expected) {
  return {ErrorCode::kMalformed, "section [" + printable(section.name) + "]: " + printable(option.key) + "=" + printable(option.value) +
                                     " at line " + std::to_string(option.line) + ": expected " + std::string(expected)};
}

std::string words_for(Range range) {
  if (range.min == Range{}.min && range.max == Range{}.max) return "a whole number";
  return "a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max);
}

// Calls parse on each part of a comma-separated list; a comma at the end is allowed, as in Darknet's own files.
template <typename T, typename Parse>
Result<std::vector<T>> parse_list(const CfgSection& section, std::string_view key, Parse parse, std::string_view expected) {
  const CfgOption* option = section.find(key);
  std::vector<T> values;
  std::string_view rest = option ? std::string_view(option->value) : std::string_view();
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (!parse(part, values.emplace_back())) return value_error(section, *option, expected);
  }
  return values;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, kShownCharacters)) shown += c >= ' ' && c <= '~' ? c : '?';
  return text.size() > kShownCharacters ? shown + "..." : shown;
}

const CfgOption* CfgSection::find(std::string_view key) const {
  for (const CfgOption& option : options)
    if (option.key == key) return &option;
  return nullptr;
}

Result<std::int64_t> CfgSection::integer(std::string_view key, std::int64_t fallback, Range range) const {
  const CfgOption* option = find(key);
  if (!option) return fallback;
  std::int64_t value = 0;
  if (!parse_integer(option->value, value) || value < range.min || value > range.max) return value_error(*this, *option, words_for(range));
  return value;
}

Result<double> CfgSection::number(std::string_view key, double fallback) const {
  const CfgOption* option = find(key);
  double value = fallback;
  if (option && !parse_finite(option->value, value)) return value_error(*this, *option, "a number");
  return value;
}

std::string CfgSection::text(std::string_view key, std::string_view fallback) const {
  const CfgOption* option = find(key);
  return option ? option->value : std::string(fallback);
}

Result<std::vector<std::int64_t>> CfgSection::integers(std::string_view key) const {
  return parse_list<std::int64_t>(*this, key, parse_integer, "whole numbers with commas between them");
}

Result<std::vector<double>> CfgSection::numbers(std::string_view key) const {
  return parse_list<double>(*this, key, parse_finite, "numbers with commas between them");
}

std::string CfgSection::place() const { return "section [" + printable(name) + "] at line " + std::to_string(line); }

Result<std::vector<CfgSection>> parse_cfg(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<CfgSection> sections;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string line = without_blanks_and_comment(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    OCTET_RETURN_IF_ERROR(line[0] == '[' ? add_section(sections, line, number) : add_option(sections, line, number));
  }
  if (sections.empty()) return Error{ErrorCode::kMalformed, "has no section; a Darknet cfg begins with [net]"};
  return sections;
}

}  // namespace octet::darknet
