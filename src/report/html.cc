#include "report/html.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/utf8.h"

namespace octet::report {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";
constexpr std::string_view kMinus = "\u2212";

constexpr std::pair<char, std::string_view> kEntities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

// What stands for the character at the start of `text`, which has `bytes` bytes, 0 if it is no UTF-8.
std::string_view escaped(std::string_view text, std::size_t bytes) {
  const char first = text[0];
  const auto entity = std::ranges::find(kEntities, first, &std::pair<char, std::string_view>::first);
  if (entity != std::end(kEntities)) return entity->second;
  const bool is_control = (static_cast<unsigned char>(first) < 0x20 && first != '\n' && first != '\t') || first == 0x7F;
  return bytes == 0 || is_control ? kReplacement : text.substr(0, bytes);
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const std::size_t bytes = utf8_sequence_length(text);
    out += escaped(text, bytes);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return out;
}

std::string base64(std::span<const std::byte> bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the zero that OpenSSL ends it with
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  out.pop_back();
  return out;
}

std::string percent(double fraction, int decimals) { return is_defined(fraction) ? fmt::format("{:.{}f}", 100 * fraction, decimals) : "–"; }

std::string signed_points(double before, double after, int decimals) {
  if (!is_defined(before) || !is_defined(after)) return "–";
  std::string size = fmt::format("{:.{}f}", std::abs(100 * (after - before)), decimals);
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
