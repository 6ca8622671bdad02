#include "base/quoted_name.h"

namespace octet {
namespace {

std::string without_controls(std::string_view text, std::string_view kept) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                       static_cast<unsigned char>(text[i + 1]) < 0xA0;
    const bool is_control = (byte < 0x20 && kept.find(text[i]) == std::string_view::npos) || byte == 0x7F || is_c1;
    plain += is_control ? ' ' : text[i];
    if (is_c1) ++i;
  }
  return plain;
}

}  // namespace

std::string in_quotes(std::string_view name) {
  constexpr std::size_t kLongest = 200;
  std::string text = "'";
  for (const char c : name.substr(0, kLongest)) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return text + (name.size() > kLongest ? "...'" : "'");
}

std::string plain_line(std::string_view text) { return without_controls(text, ""); }
std::string plain_lines(std::string_view text) { return without_controls(text, "\n\t"); }

}  // namespace octet
