#include "base/utf8.h"

namespace octet {

std::size_t utf8_sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.empty()) return 0;
  if (byte(0) < 0x80) return 1;
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const bool is_overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool is_surrogate = byte(0) == 0xED && byte(1) > 0x9F, is_beyond = byte(0) == 0xF4 && byte(1) > 0x8F;
  return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

std::size_t utf8_prefix_length(std::string_view text) {
  std::size_t bytes = 0;
  while (const std::size_t length = utf8_sequence_length(text.substr(bytes))) bytes += length;
  return bytes;
}

bool is_utf8(std::string_view text) { return utf8_prefix_length(text) == text.size(); }

std::string text_for_xml(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    const std::string_view character = text.substr(0, length);
    const bool is_control = length == 1 && static_cast<unsigned char>(character[0]) < 0x20 && character.find_first_of("\t\n\r") != 0;
    const bool is_none = length == 0 || is_control || character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
    result += is_none ? "?" : character;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

}  // namespace octet
