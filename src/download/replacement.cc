#include "download/replacement.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/parse_number.h"

namespace octet {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// UTF-8 of a character below 256, which is all that three octal digits name.
std::string utf8_of(int code) {
  if (code < 0x80) return {static_cast<char>(code)};
  return {static_cast<char>(0xc0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3f))};
}

class Template {
 public:
  explicit Template(std::string_view text) : text_(text) {}

  Result<std::vector<ReplacementPart>> parse() {
    while (at_ < text_.size()) {
      if (text_[at_] != '\\') {
        literal_ += text_[at_++];
        continue;
      }
      OCTET_RETURN_IF_ERROR(parse_escape());
    }
    end_literal();
    return std::move(parts_);
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  Error wrong(std::string_view what) const { return {ErrorCode::kMalformed, fmt::format("replacement: {} at position {}", what, at_)}; }

  void end_literal() {
    if (!literal_.empty()) parts_.emplace_back(std::exchange(literal_, {}));
  }

  void add_group(std::variant<int, std::string> group) {
    end_literal();
    parts_.emplace_back(GroupReference{std::move(group)});
  }

  // At a backslash.
  Status parse_escape() {
    constexpr std::string_view kNames = "abfnrtv\\", kCharacters = "\a\b\f\n\r\t\v\\";
    if (at_ + 1 == text_.size()) return wrong("a backslash has nothing behind it");
    const char c = peek(1);
    if (c == 'g') return parse_named();
    if (is_digit(c)) return parse_number_escape();
    if (const std::size_t known = kNames.find(c); known != std::string_view::npos) {
      literal_ += kCharacters[known];
    } else {
      if (is_letter(c)) return wrong(fmt::format("\\{} means nothing", c));
      (literal_ += '\\') += c;
    }
    at_ += 2;
    return {};
  }

  // \0 and one or two octal digits, \ and three octal digits: a character. Else one or two digits: a group.
  Status parse_number_escape() {
    const char first = peek(1), second = peek(2), third = peek(3);
    if (first == '0' || (is_octal(first) && is_octal(second) && is_octal(third))) {
      int code = first - '0';
      std::size_t length = 1;
      while (length < 3 && is_octal(peek(1 + length))) code = 8 * code + (peek(1 + length++) - '0');
      if (code > 0xff) return wrong("an octal number is larger than \\377");
      literal_ += utf8_of(code);
      at_ += 1 + length;
      return {};
    }
    const bool two = is_digit(second);
    add_group(two ? 10 * (first - '0') + (second - '0') : first - '0');
    at_ += two ? 3 : 2;
    return {};
  }

  Status parse_named() {
    const std::size_t begin = at_ + 3, end = text_.find('>', at_);
    if (peek(2) != '<' || end == std::string_view::npos) return wrong("\\g has no <group> behind it");
    const std::string_view name = text_.substr(begin, end - begin);
    if (name.empty()) return wrong("\\g<> names no group");
    if (std::ranges::all_of(name, is_digit)) {
      const auto number = octet::parse_number<int>(name);
      if (!number) return wrong("a group's number is too large");
      add_group(*number);
    } else {
      add_group(std::string(name));
    }
    at_ = end + 1;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string literal_;
  std::vector<ReplacementPart> parts_;
};

}  // namespace

Result<std::vector<ReplacementPart>> parse_replacement(std::string_view text) { return Template(text).parse(); }

}  // namespace octet
