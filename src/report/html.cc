#include "report/html.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/utf8.h"

namespace octet::report {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";
constexpr std::string_view kMinus = "\u2212";

void append_ascii(std::string& out, char letter) {
  switch (letter) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    case '\'':
      out += "&#39;";
      return;
    case '\n':
    case '\t':
      out += letter;
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F)
    out += kReplacement;
  else
    out += letter;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_sequence_length(text.substr(at));
    if (length == 0)
      out += kReplacement;
    else if (length == 1)
      append_ascii(out, text[at]);
    else
      out += text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
  return out;
}

std::string base64(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < left ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) out += k <= left ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::string percent(double fraction, int decimals) { return is_defined(fraction) ? fmt::format("{:.{}f}", 100 * fraction, decimals) : "–"; }

std::string signed_points(double before, double after, int decimals) {
  if (!is_defined(before) || !is_defined(after)) return "–";
  const std::string size = fmt::format("{:.{}f}", std::abs(100 * (after - before)), decimals);
  if (size.find_first_not_of("0.") == std::string::npos) return size;
  return (after < before ? std::string(kMinus) : "+") + size;
}

std::string milliseconds(double ms) { return fmt::format("{:.{}f} ms", ms, ms < 10 ? 2 : ms < 100 ? 1 : 0); }

std::string megabytes(std::int64_t bytes) {
  const double mb = static_cast<double>(bytes) / 1e6;
  return fmt::format("{:.{}f} MB", mb, mb < 10 ? 2 : mb < 100 ? 1 : 0);
}

std::string times(double ratio) { return fmt::format("{:.{}f}×", ratio, ratio < 10 ? 1 : 0); }

std::string count_of(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace octet::report
