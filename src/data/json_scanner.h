#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace octet {

struct JsonNumber {
  bool is_integer = false;  // written without fraction and exponent, and within int64
  std::int64_t integer = 0;
  double real = 0;  // the nearest double in either case
};

// The tokens of a JSON text (RFC 8259) in their order, none of them copied. A call that answers false has failed, unless it says otherwise;
// the first failure stands, and no call is to follow it. Every byte is checked, those of values that are passed over as well.
class JsonScanner {
 public:
  static constexpr int kDeepest = 256;  // levels; no data set nests so deep

  enum class Failure : std::uint8_t {
    kNone,
    kNotJson,   // the character at position()
    kCutOff,    // the text ends in the middle
    kTooLarge,  // the number that ends at position() is beyond any double
    kTooDeep,
  };

  explicit JsonScanner(std::string_view text, std::size_t begin = 0) : text_(text), at_(begin) {}

  Failure failure() const { return failure_; }
  std::size_t position() const { return at_; }

  // The next character that is no blank, which is not taken; '\0' at the end, where ends() is true.
  char peek() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool ends() { return peek() == '\0' && at_ == text_.size(); }

  // Takes the next character that is no blank if it is `character`, which must not be '\0'; false is no failure.
  bool take(char character) {
    if (peek() != character) return false;
    ++at_;
    return true;
  }
  bool expect(char character) { return take(character) || fail(); }

  // What stands between the quotes: escapes as they are written, see unescape().
  bool string(std::string_view& raw);
  bool number(JsonNumber& number);
  bool literal(std::string_view word);
  // A value of any kind that stands at `depth` levels, so that the deepest of its own are within kDeepest.
  bool skip_value(int depth);

  // Fails at position(): it is cut off at the end and no JSON elsewhere. Returns false.
  bool fail();

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

  bool fail(Failure failure);
  bool escape();
  bool surrogate_pair();
  bool hex4(unsigned& code);
  bool scalar();
  bool digits(std::uint64_t& value);
  bool read_number(std::string_view whole, JsonNumber& number);

  std::string_view text_;
  std::size_t at_;
  Failure failure_ = Failure::kNone;
};

// The text that `raw`, taken by JsonScanner::string(), stands for, in UTF-8.
std::string unescape(std::string_view raw);

}  // namespace octet
