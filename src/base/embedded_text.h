#pragma once

#include <string_view>

namespace octet {

// A text file that is built into the program by cmake/EmbedTexts.cmake.
struct EmbeddedText {
  std::string_view name, text;  // the name without its extension
};

}  // namespace octet
