#pragma once

#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace octet {

inline std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

// Every line of a text file, blank ones as empty lines, without blanks at both ends and without the mark that some editors begin it with.
inline Result<std::vector<std::string>> read_lines(const std::filesystem::path& file, std::size_t limit_bytes) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  OCTET_ASSIGN(std::string text, read_text(file, limit_bytes));
  if (text.starts_with(kMark)) text.erase(0, kMark.size());
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.emplace_back(without_blanks(line));
  return lines;
}

}  // namespace octet
