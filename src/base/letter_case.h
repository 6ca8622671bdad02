#pragma once

#include <algorithm>
#include <cctype>
#include <string>

namespace octet {

// Letters of ASCII in one case; all other bytes stay.
inline std::string upper_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}
inline std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace octet
