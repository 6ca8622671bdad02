// The text of a replacement, and, behind a line end, a pattern and a text for it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "download/replace_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t first = std::min(input.find('\n'), size), second = std::min(input.find('\n', std::min(first + 1, size)), size);
  const std::string replacement(input.substr(0, first));
  const std::string pattern(input.substr(std::min(first + 1, size), second - std::min(first + 1, size)));
  (void)octet::replace_text(pattern, replacement, input.substr(std::min(second + 1, size)), 0, {.steps = 100'000, .text_bytes = 1 << 16});
  return 0;
}
