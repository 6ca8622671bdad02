#include "formats/darknet/names.h"

#include <algorithm>

#include "base/utf8.h"

namespace octet::darknet {
namespace {

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlanks) - begin + 1);
}

// UTF-8 in which all prints.
bool is_text(std::string_view line) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  return is_utf8(line) && std::ranges::none_of(line, is_control);
}

}  // namespace

Result<std::vector<std::string>> parse_names(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view name = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!is_text(name)) return Error{ErrorCode::kMalformed, "line " + std::to_string(names.size() + 1) + " is not UTF-8 text"};
    names.emplace_back(name);
  }
  while (!names.empty() && names.back().empty()) names.pop_back();
  return names;
}

}  // namespace octet::darknet
