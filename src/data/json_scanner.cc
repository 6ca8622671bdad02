#include "data/json_scanner.h"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/parse_number.h"
#include "base/utf8.h"

namespace octet {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_high_surrogate(unsigned code) { return code >= 0xD800 && code <= 0xDBFF; }
bool is_low_surrogate(unsigned code) { return code >= 0xDC00 && code <= 0xDFFF; }

void append_utf8(std::string& text, unsigned code) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xF0 | (code >> 18));
    tail(12), tail(6), tail(0);
  }
}

// Four hexadecimal digits, known to be such.
unsigned code_of(std::string_view hex) {
  unsigned code = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
  return code;
}

constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// Of a number that from_chars calls out of range: whether it is too large, not too small. Its first digit that is not 0 tells.
bool is_large(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  const std::string_view digits = number.substr(0, e);
  const std::size_t point = std::min(digits.find('.'), digits.size()), first = std::min(digits.find_first_of("123456789"), digits.size());
  std::string_view power = number.substr(std::min(e + 1, number.size()));
  if (power.starts_with('+')) power.remove_prefix(1);
  const auto exponent = power.empty() ? std::optional(0) : parse_number<std::int32_t>(power);
  if (!exponent) return power[0] != '-';  // more than ten digits
  return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + *exponent > 0;
}

}  // namespace

bool JsonScanner::fail(Failure failure) {
  failure_ = failure;
  return false;
}

bool JsonScanner::fail() { return fail(at_ >= text_.size() ? Failure::kCutOff : Failure::kNotJson); }

bool JsonScanner::string(std::string_view& raw) {
  if (!expect('"')) return false;
  const std::size_t begin = at_;
  while (at_ < text_.size()) {
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (c == '"') {
      raw = text_.substr(begin, at_++ - begin);
      return true;
    }
    if (c == '\\') {
      if (!escape()) return false;
    } else if (c >= ' ' && c < 0x80) {
      ++at_;
    } else {
      const std::size_t length = c < ' ' ? 0 : utf8_sequence_length(text_.substr(at_));
      if (length == 0) return fail();
      at_ += length;
    }
  }
  return fail();
}

bool JsonScanner::escape() {
  ++at_;
  if (at_ == text_.size()) return fail();
  if (text_[at_] == 'u') return surrogate_pair();
  if (std::string_view("\"\\/bfnrt").find(text_[at_]) == std::string_view::npos) return fail();
  ++at_;
  return true;
}

// "uXXXX", or two of them with a backslash between where one is half a character.
bool JsonScanner::surrogate_pair() {
  unsigned code = 0;
  if (!hex4(code)) return false;
  if (is_low_surrogate(code)) return fail();
  if (!is_high_surrogate(code)) return true;
  if (at_ == text_.size() || text_[at_] != '\\') return fail();
  ++at_;
  if (at_ == text_.size() || text_[at_] != 'u') return fail();
  return hex4(code) && (is_low_surrogate(code) || fail());
}

bool JsonScanner::hex4(unsigned& code) {
  const std::size_t begin = ++at_;
  for (; at_ < begin + 4; ++at_)
    if (at_ == text_.size() || std::string_view("0123456789abcdefABCDEF").find(text_[at_]) == std::string_view::npos) return fail();
  code = code_of(text_.substr(begin, 4));
  return true;
}

// At least one digit; `value` becomes what all digits so far say, as long as that is within 64 bits.
bool JsonScanner::digits(std::uint64_t& value) {
  const std::size_t begin = at_;
  for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) value = value * 10 + static_cast<std::uint64_t>(text_[at_] - '0');
  return at_ > begin || fail();
}

bool JsonScanner::number(JsonNumber& number) {
  peek();
  const std::size_t begin = at_;
  std::uint64_t value = 0;
  if (at_ < text_.size() && text_[at_] == '-') ++at_;
  const std::size_t first_digit = at_;
  if (at_ < text_.size() && text_[at_] == '0')
    ++at_;
  else if (!digits(value))
    return false;
  const std::size_t point = at_;
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    if (!digits(value)) return false;
  }
  const std::size_t end = at_;
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    std::uint64_t ignored = 0;
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    if (!digits(ignored)) return false;
  }
  // So few digits are held exactly by a double, as is the power of ten that divides them, so that the quotient is the nearest double
  // (Clinger, "How to read floating point numbers accurately", 1990).
  constexpr std::size_t kExactDigits = 15;
  if (end - first_digit > kExactDigits || at_ != end) return read_number(text_.substr(begin, at_ - begin), number);
  const bool is_negative = first_digit > begin;
  number.is_integer = end == point;
  number.integer = is_negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
  number.real = static_cast<double>(value);
  if (!number.is_integer) number.real /= kPowersOfTen[end - point - 1];
  if (is_negative && !(number.is_integer && value == 0)) number.real = -number.real;
  return true;
}

// A number of any length, known to be written as JSON wants it.
bool JsonScanner::read_number(std::string_view whole, JsonNumber& number) {
  const char *first = whole.data(), *last = first + whole.size();
  number.is_integer =
      whole.find_first_of(".eE") == std::string_view::npos && std::from_chars(first, last, number.integer).ec == std::errc();
  if (number.is_integer) {
    number.real = static_cast<double>(number.integer);
    return true;
  }
  const bool is_out_of_range = std::from_chars(first, last, number.real).ec != std::errc() || std::isinf(number.real);
  if (is_out_of_range && is_large(whole)) return fail(Failure::kTooLarge);
  if (is_out_of_range) number.real = 0;
  return true;
}

bool JsonScanner::literal(std::string_view word) {
  peek();
  for (const char c : word) {
    if (at_ == text_.size() || text_[at_] != c) return fail();
    ++at_;
  }
  return true;
}

bool JsonScanner::scalar() {
  std::string_view ignored_text;
  JsonNumber ignored_number;
  switch (peek()) {
    case '"':
      return string(ignored_text);
    case 't':
      return literal("true");
    case 'f':
      return literal("false");
    case 'n':
      return literal("null");
    default:
      return number(ignored_number);
  }
}

bool JsonScanner::skip_value(int depth) {
  std::bitset<kDeepest + 1> is_object;  // by level
  int level = depth;
  for (std::string_view key;;) {
    bool is_done = true;  // with the value that begins here
    if (const char c = peek(); c == '{' || c == '[') {
      if (++level > kDeepest) return fail(Failure::kTooDeep);
      is_object[static_cast<std::size_t>(level)] = c == '{';
      ++at_;
      is_done = take(c == '{' ? '}' : ']');
      level -= is_done;
    } else if (!scalar()) {
      return false;
    }
    while (is_done && level > depth && !take(',')) {
      if (!expect(is_object[static_cast<std::size_t>(level)] ? '}' : ']')) return false;
      --level;
    }
    if (level == depth) return true;
    if (is_object[static_cast<std::size_t>(level)] && !(string(key) && expect(':'))) return false;
  }
}

std::string unescape(std::string_view raw) {
  std::string text;
  text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      text += raw[i];
      continue;
    }
    constexpr std::string_view kLetters = "bfnrt", kMeanings = "\b\f\n\r\t";
    const char letter = raw[++i];
    if (letter == 'u') {
      unsigned code = code_of(raw.substr(i + 1, 4));
      i += 4;
      if (is_high_surrogate(code)) {
        code = 0x10000 + ((code - 0xD800) << 10) + (code_of(raw.substr(i + 3, 4)) - 0xDC00);
        i += 6;
      }
      append_utf8(text, code);
    } else {
      const std::size_t place = kLetters.find(letter);
      text += place == std::string_view::npos ? letter : kMeanings[place];
    }
  }
  return text;
}

}  // namespace octet
