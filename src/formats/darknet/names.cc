#include "formats/darknet/names.h"

#include "base/utf8.h"

namespace octet::darknet {
namespace {

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlanks) - begin + 1);
}

// Bytes of the character at the start of `text`, 0 if it is no UTF-8 or does not print.
std::size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  return first < ' ' || first == 0x7F ? 0 : utf8_sequence_length(text);
}

bool is_text(std::string_view line) {
  while (!line.empty()) {
    const std::size_t bytes = character_bytes(line);
    if (bytes == 0) return false;
    line.remove_prefix(bytes);
  }
  return true;
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
