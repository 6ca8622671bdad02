#include "data/json_records.h"

#include <algorithm>
#include <functional>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "data/file_text.h"
#include "data/json_scanner.h"
#include "data/words.h"

namespace octet {
namespace {

constexpr std::string_view kBlanks = " \n\t\r";
constexpr std::size_t kLongestArray = 65536;   // of numbers in a field; longer ones are passed over
constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it, neighbouring integers read alike

bool is_integer(double number) { return std::trunc(number) == number && std::abs(number) <= kExact; }

std::string name_of(const JsonRecord::Value& value) {
  switch (value.kind) {
    case JsonRecord::Kind::kMissing:
      return "is missing";
    case JsonRecord::Kind::kBoolean:
      return "is a boolean";
    case JsonRecord::Kind::kInteger:
      return "is an integer";
    case JsonRecord::Kind::kReal:
      return std::trunc(value.real) == value.real ? "is too large to be exact" : "is a number with a fraction";
    case JsonRecord::Kind::kText:
      return "is a string";
    case JsonRecord::Kind::kNumbers:
      return "is an array of " + counted(value.count, "number");
    case JsonRecord::Kind::kOther:
      break;
  }
  return "is something else";
}

std::string place_of(std::string_view section, std::size_t index) {
  return section.empty() ? fmt::format("entry {}", index) : fmt::format("{}[{}]", section, index);
}

// What stands at a byte, from the start of its word on, as a reader can tell what it is: NaN, True, <html>, a comma too many.
struct Quote {
  std::size_t begin = 0;
  std::string text;
};
Quote quote_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kLongest = 24;
  const auto belongs = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '+' || c == '.' || c < 0; };
  Quote quote{at, ""};
  while (quote.begin > 0 && at - quote.begin < kLongest && belongs(text[at]) && belongs(text[quote.begin - 1])) --quote.begin;
  for (const char c : text.substr(quote.begin, kLongest))
    quote.text += c >= ' ' && c <= '~' ? std::string(1, c) : fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  return quote;
}

bool is_utf16(std::string_view text) {
  if (text.size() < 2) return false;
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") || text[0] == '\0' || text[1] == '\0';
}

// Reads one record at a time; of everything else nothing is kept.
class RecordReader {
 public:
  RecordReader(const JsonSchema& schema, const JsonVisitor& visit, std::string_view text, std::size_t begin = 0)
      : schema_(schema), visit_(visit), text_(text), scanner_(text, begin), record_(schema.fields), seen_(schema.sections.size(), false) {}

  Status read() {
    if (!read_root()) return error();
    for (std::size_t i = 0; i + schema_.optional_sections < seen_.size(); ++i)
      if (!seen_[i]) return Error{ErrorCode::kMalformed, fmt::format("has no '{}' array", schema_.sections[i])};
    return {};
  }

  // From the start of a record, or of the text, to the first record that begins at `end` or behind it.
  std::optional<std::size_t> read_until(std::size_t end) {
    bool has_more = true;
    depth_ = 1;
    if (scanner_.position() == 0) {
      skip_mark();
      if (!scanner_.expect('[')) return std::nullopt;
      has_more = !scanner_.take(']');
    }
    while (has_more) {
      scanner_.peek();
      if (scanner_.position() >= end) return scanner_.position();
      if (!read_next(has_more)) return std::nullopt;
    }
    return scanner_.ends() ? std::optional(text_.size()) : std::nullopt;
  }

 private:
  static constexpr std::size_t kNoSection = std::numeric_limits<std::size_t>::max();

  bool root_is_array() const { return schema_.sections.empty(); }
  std::string_view section_name() const { return root_is_array() ? std::string_view() : schema_.sections[section_]; }

  std::size_t wanted_section(std::string_view name) const {
    const auto at = std::find(schema_.sections.begin(), schema_.sections.end(), name);
    return at != schema_.sections.end() ? static_cast<std::size_t>(at - schema_.sections.begin()) : kNoSection;
  }

  // --- The text ---

  // The mark of UTF-8 that some editors put in front.
  void skip_mark() {
    constexpr std::string_view kMark = "\xef\xbb\xbf";
    if (text_.starts_with(kMark)) scanner_ = JsonScanner(text_, kMark.size());
  }

  bool read_root() {
    skip_mark();
    if (scanner_.peek() != (root_is_array() ? '[' : '{'))
      return refuse(root_is_array() ? "holds no JSON array" : "holds no JSON object with arrays");
    depth_ = 1;
    bool stops = false;
    if (!(root_is_array() ? read_records() : read_sections(stops))) return false;
    return stops || scanner_.ends() || scanner_.fail();
  }

  bool read_sections(bool& stops) {
    if (!scanner_.expect('{')) return false;
    if (scanner_.take('}')) return true;
    do {
      std::string_view name;
      if (!scanner_.string(name) || !scanner_.expect(':')) return false;
      section_ = wanted_section(name);
      if (!(section_ == kNoSection ? scanner_.skip_value(1) : read_section())) return false;
      section_ = kNoSection;
      stops = schema_.stops_early && std::ranges::all_of(seen_, std::identity());
    } while (!stops && scanner_.take(','));
    return stops || scanner_.expect('}');
  }

  bool read_section() {
    if (scanner_.peek() != '[') return refuse(fmt::format("'{}' is no array", section_name()));
    if (seen_[section_]) return fail({ErrorCode::kMalformed, fmt::format("has '{}' twice", section_name())});
    seen_[section_] = true;
    depth_ = 2;
    if (!read_records()) return false;
    depth_ = 1;
    return true;
  }

  bool read_records() {
    if (!scanner_.expect('[')) return false;
    index_ = 0;
    bool has_more = !scanner_.take(']');
    while (has_more)
      if (!read_next(has_more)) return false;
    return true;
  }

  // A record and what follows it.
  bool read_next(bool& has_more) {
    if (scanner_.peek() != '{') return refuse(fmt::format("{}: is no object", place_of(section_name(), index_)));
    is_in_record_ = true;
    if (!read_record()) return false;
    is_in_record_ = false;
    if (Status status = visit_(section_name(), index_, record_); !status.ok())
      return fail(status.error().at(place_of(section_name(), index_)));
    ++index_;
    has_more = scanner_.take(',');
    return has_more || scanner_.expect(']');
  }

  // --- A record ---

  bool read_record() {
    record_.clear();
    field_name_ = {};
    if (!scanner_.expect('{')) return false;
    if (scanner_.take('}')) return true;
    do {
      std::string_view name;
      if (!scanner_.string(name)) return false;
      field_name_ = name;
      JsonRecord::Value* value = record_.slot(name);
      if (!scanner_.expect(':') || !(value ? read_value(*value) : scanner_.skip_value(depth_ + 1))) return false;
    } while (scanner_.take(','));
    return scanner_.expect('}');
  }

  bool read_value(JsonRecord::Value& value) {
    using Kind = JsonRecord::Kind;
    value = {};
    switch (scanner_.peek()) {
      case '"':
        value.kind = Kind::kText;
        return scanner_.string(value.raw);
      case '[':
        return read_numbers(value);
      case '{':
        value.kind = Kind::kOther;
        return scanner_.skip_value(depth_ + 1);
      case 'n':  // as if the field were absent
        return scanner_.literal("null");
      case 't':
        value = {.kind = Kind::kBoolean, .integer = 1};
        return scanner_.literal("true");
      case 'f':
        value.kind = Kind::kBoolean;
        return scanner_.literal("false");
      default:
        return read_number(value);
    }
  }

  bool read_number(JsonRecord::Value& value) {
    JsonNumber number;
    if (!scanner_.number(number)) return false;
    value.kind = number.is_integer ? JsonRecord::Kind::kInteger : JsonRecord::Kind::kReal;
    value.integer = number.integer;
    value.real = number.real;
    return true;
  }

  bool read_numbers(JsonRecord::Value& value) {
    std::vector<double>& numbers = record_.all_numbers();
    value.kind = JsonRecord::Kind::kNumbers;
    value.first = numbers.size();
    scanner_.expect('[');
    if (scanner_.take(']')) return true;
    do {
      const char c = scanner_.peek();
      JsonNumber number;
      if (c != '-' && (c < '0' || c > '9')) {
        value.kind = JsonRecord::Kind::kOther;
        if (!scanner_.skip_value(depth_ + 2)) return false;
      } else if (!scanner_.number(number)) {
        return false;
      } else if (++value.count <= kLongestArray) {
        numbers.push_back(number.real);
      } else {
        value.kind = JsonRecord::Kind::kOther;
      }
    } while (scanner_.take(','));
    return scanner_.expect(']');
  }

  // --- Errors ---

  bool fail(Error error) {
    error_ = std::move(error);
    return false;
  }

  // A value that is JSON and not what should stand here; a text that is no JSON is called so first.
  bool refuse(std::string why) {
    const char c = scanner_.peek();
    if (c != '{' && c != '[' && !scanner_.skip_value(depth_)) return false;
    return fail({ErrorCode::kMalformed, std::move(why)});
  }

  // "annotations[3]: 'bbox': ", as far as the value at hand belongs to a record.
  std::string place_of_value() const {
    if (!is_in_record_) return {};
    const std::string place = place_of(section_name(), index_) + ": ";
    return field_name_.empty() ? place : fmt::format("{}'{}': ", place, field_name_);
  }

  Error error() const { return error_ ? *error_ : error_of_scanner(); }

  Error error_of_scanner() const {
    const std::size_t at = scanner_.position();
    switch (scanner_.failure()) {
      case JsonScanner::Failure::kTooLarge:
        return {ErrorCode::kMalformed, fmt::format("{}the number before byte {} is too large", place_of_value(), at + 1)};
      case JsonScanner::Failure::kTooDeep:
        return {ErrorCode::kMalformed, fmt::format("nests deeper than {} levels", JsonScanner::kDeepest)};
      case JsonScanner::Failure::kCutOff:
        return {ErrorCode::kMalformed, fmt::format("the JSON text ends too early, at byte {}; the file is cut off", text_.size())};
      default:
        break;
    }
    const Quote quote = quote_at(text_, at);
    return {ErrorCode::kMalformed,
            fmt::format("{}is not JSON at byte {} of {}: '{}'", place_of_value(), quote.begin + 1, text_.size(), quote.text)};
  }

  const JsonSchema& schema_;
  const JsonVisitor& visit_;
  std::string_view text_;
  JsonScanner scanner_;
  JsonRecord record_;
  std::vector<bool> seen_;
  std::optional<Error> error_;
  int depth_ = 0;  // of the arrays and objects around the records at hand
  std::size_t section_ = kNoSection;
  std::size_t index_ = 0;
  bool is_in_record_ = false;
  std::string_view field_name_;  // of the last key of a record, wanted or not
};

}  // namespace

bool JsonRecord::has(std::string_view field) const { return value(field).kind != Kind::kMissing; }

JsonRecord::Value* JsonRecord::slot(std::string_view field) {
  // Most files give the fields of every record in one order, so that the one behind the last is tried first.
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const std::size_t place = expected_ + i < fields_.size() ? expected_ + i : expected_ + i - fields_.size();
    if (fields_[place] != field) continue;
    expected_ = place + 1 < fields_.size() ? place + 1 : 0;
    return &values_[place];
  }
  return nullptr;
}

void JsonRecord::clear() {
  std::fill(values_.begin(), values_.end(), Value());
  numbers_.clear();
}

const JsonRecord::Value& JsonRecord::value(std::string_view field) const {
  const auto at = std::find(fields_.begin(), fields_.end(), field);
  OCTET_CHECK(at != fields_.end(), "a field that the schema does not name");
  return values_[static_cast<std::size_t>(at - fields_.begin())];
}

Error JsonRecord::wrong(std::string_view field, std::string_view expected) const {
  const Value& found = value(field);
  return {ErrorCode::kMalformed, found.kind == Kind::kMissing ? fmt::format("'{}' is missing", field)
                                                              : fmt::format("'{}' {}, expected {}", field, name_of(found), expected)};
}

Result<std::int64_t> JsonRecord::integer(std::string_view field) const {
  const Value& found = value(field);
  if (found.kind == Kind::kInteger) return found.integer;
  if (found.kind == Kind::kReal && is_integer(found.real)) return static_cast<std::int64_t>(found.real);
  return wrong(field, "an integer");
}

Result<double> JsonRecord::number(std::string_view field) const {
  const Value& found = value(field);
  if (found.kind == Kind::kReal || found.kind == Kind::kInteger) return found.real;
  return wrong(field, "a number");
}

Result<std::string> JsonRecord::text(std::string_view field) const {
  const Value& found = value(field);
  if (found.kind == Kind::kText) return unescape(found.raw);
  return wrong(field, "a string");
}

Result<std::span<const double>> JsonRecord::numbers(std::string_view field, std::size_t count) const {
  const Value& found = value(field);
  if (found.kind == Kind::kNumbers && found.count == count) return std::span(numbers_).subspan(found.first, count);
  return wrong(field, fmt::format("an array of {} numbers", count));
}

Result<std::vector<std::int64_t>> JsonRecord::integers(std::string_view field) const {
  const Value& found = value(field);
  if (found.kind != Kind::kNumbers) return wrong(field, "an array of integers");
  const auto numbers = std::span(numbers_).subspan(found.first, found.count);
  if (!std::ranges::all_of(numbers, is_integer))
    return Error{ErrorCode::kMalformed, fmt::format("'{}' has a number that is no integer", field)};
  return std::vector<std::int64_t>(numbers.begin(), numbers.end());
}

Result<bool> JsonRecord::flag(std::string_view field) const {
  const Value& found = value(field);
  if (found.kind == Kind::kBoolean || (found.kind == Kind::kInteger && (found.integer == 0 || found.integer == 1)))
    return found.integer == 1;
  return wrong(field, "0 or 1");
}

Status parse_json_records(std::string_view text, const JsonSchema& schema, const JsonVisitor& visit) {
  if (is_utf16(text)) return Error{ErrorCode::kMalformed, "is UTF-16 text; JSON is read in UTF-8, save it so"};
  return RecordReader(schema, visit, text).read();
}

std::optional<std::size_t> parse_json_part(std::string_view text, std::size_t begin, std::size_t end, const JsonSchema& schema,
                                           const JsonVisitor& visit) {
  OCTET_CHECK(schema.sections.empty(), "parts are those of a root array");
  return RecordReader(schema, visit, text, begin).read_until(end);
}

std::size_t likely_record(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('}', from); at != std::string_view::npos; at = text.find('}', at + 1)) {
    const std::size_t comma = text.find_first_not_of(kBlanks, at + 1);
    if (comma == std::string_view::npos || text[comma] != ',') continue;
    const std::size_t next = text.find_first_not_of(kBlanks, comma + 1);
    if (next != std::string_view::npos && text[next] == '{') return next;
  }
  return text.size();
}

Status read_json_records(const std::filesystem::path& path, const JsonSchema& schema, const JsonVisitor& visit) {
  OCTET_ASSIGN(const FileText file, FileText::open(path));
  if (Status status = parse_json_records(file.text(), schema, visit); !status.ok()) return status.error().at(path.string());
  return {};
}

}  // namespace octet
