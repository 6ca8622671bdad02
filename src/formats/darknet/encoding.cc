#include "formats/darknet/encoding.h"

#include <cstdint>

namespace octet::darknet {
namespace {

// The code units of UTF-16.
class Units {
 public:
  Units(std::string_view bytes, bool is_big_endian) : bytes_(bytes), is_big_endian_(is_big_endian) {}

  std::size_t size() const { return bytes_.size() / 2; }
  std::uint32_t operator[](std::size_t i) const {
    const auto first = static_cast<unsigned char>(bytes_[2 * i]), second = static_cast<unsigned char>(bytes_[2 * i + 1]);
    return is_big_endian_ ? first << 8 | second : second << 8 | first;
  }

 private:
  std::string_view bytes_;
  bool is_big_endian_;
};

bool is_high_surrogate(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

void append(std::uint32_t code, std::string& text) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | code >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xF0 | code >> 18);
    tail(12), tail(6), tail(0);
  }
}

Result<std::string> from_utf16(const Units& units) {
  std::string text;
  for (std::size_t i = 0; i < units.size(); ++i) {
    std::uint32_t code = units[i];
    if (is_high_surrogate(code) && i + 1 == units.size()) break;  // a text that is cut
    if (is_high_surrogate(code) && is_low_surrogate(units[i + 1])) code = 0x10000 + ((code - 0xD800) << 10) + (units[++i] - 0xDC00);
    if (code >= 0xD800 && code < 0xE000)
      return Error{ErrorCode::kMalformed, "is UTF-16 with half a surrogate pair at character " + std::to_string(i)};
    append(code, text);
  }
  return text;
}

}  // namespace

Result<std::string> text_of(std::string_view file) {
  using namespace std::string_view_literals;
  if (file.starts_with("\xEF\xBB\xBF"sv)) return std::string(file.substr(3));
  if (file.starts_with("\xFF\xFE"sv)) return from_utf16(Units(file.substr(2), false));
  if (file.starts_with("\xFE\xFF"sv)) return from_utf16(Units(file.substr(2), true));
  // Without a mark: a character of ASCII, which every cfg begins with, has one byte of zero.
  if (file.size() >= 2 && file[0] != 0 && file[1] == 0) return from_utf16(Units(file, false));
  if (file.size() >= 2 && file[0] == 0 && file[1] != 0) return from_utf16(Units(file, true));
  return std::string(file);
}

}  // namespace octet::darknet
