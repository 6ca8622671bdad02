#include "data/json_records.h"

#include <algorithm>
#include <functional>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"

namespace octet {
namespace {

constexpr int kDeepest = 256;              // no data set nests so deep
constexpr std::size_t kLongestArray = 64;  // of numbers in a field; longer ones are passed over

struct KindName {
  std::string operator()(std::monostate) const { return "is missing"; }
  std::string operator()(bool) const { return "is a boolean"; }
  std::string operator()(std::int64_t) const { return "is an integer"; }
  std::string operator()(double) const { return "is a number with a fraction"; }
  std::string operator()(const std::string&) const { return "is a string"; }
  std::string operator()(const std::vector<double>& numbers) const { return fmt::format("is an array of {} numbers", numbers.size()); }
  std::string operator()(JsonRecord::Other) const { return "is something else"; }
};

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

// Follows the parser's events. Containers are counted, not kept, so no input makes it use much memory or recursion.
class RecordReader {
 public:
  RecordReader(const JsonSchema& schema, const JsonVisitor& visit, std::string_view text)
      : schema_(schema), visit_(visit), text_(text), record_(schema.fields), seen_(schema.sections.size(), false) {}

  // Values; names and signatures are those of nlohmann's SAX interface.
  bool null() { return scalar(std::monostate{}); }  // as if the field were absent
  bool boolean(bool value) { return scalar(value); }
  bool number_integer(std::int64_t value) { return scalar(value); }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return scalar(static_cast<double>(value));
    return scalar(static_cast<std::int64_t>(value));
  }
  bool number_float(double value, const std::string&) { return scalar(value); }
  bool string(std::string& value) { return scalar(std::move(value)); }
  bool binary(std::vector<std::uint8_t>&) { return scalar(JsonRecord::Other{}); }

  bool key(std::string& name) {
    if (depth_ == 1) section_ = wanted_section(name);
    if (depth_ == record_depth()) {
      field_ = in_section() ? record_.slot(name) : nullptr;
      field_name_ = name;
    }
    return true;
  }

  bool start_object(std::size_t) { return open(false); }
  bool start_array(std::size_t) { return open(true); }

  bool end_object() {
    if (depth_ == record_depth() && in_section()) {
      Status status = visit_(section_name(), index_, record_);
      if (!status.ok()) return fail(status.error().at(place_of(section_name(), index_)));
      ++index_;
    }
    --depth_;
    return true;
  }

  bool end_array() {
    const bool is_end_of_section = depth_-- == array_depth() && in_section();
    return !(schema_.stops_early && is_end_of_section && std::ranges::all_of(seen_, std::identity()));
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& cause) {
    if (cause.id == kNumberOverflow)
      return fail({ErrorCode::kMalformed, fmt::format("{}the number before byte {} is too large", place_of_value(), position)});
    const bool wanted_more = std::string_view(cause.what()).find("unexpected end of input") != std::string_view::npos;
    if (wanted_more || position == 0 || position > text_.size())  // beyond the end: inside a string or a number
      return fail({ErrorCode::kMalformed, fmt::format("the JSON text ends too early, at byte {}; the file is cut off", text_.size())});
    const Quote quote = quote_at(text_, position - 1);
    return fail({ErrorCode::kMalformed,
                 fmt::format("{}is not JSON at byte {} of {}: '{}'", place_of_value(), quote.begin + 1, text_.size(), quote.text)});
  }

  Status finish() && {
    if (error_) return *error_;
    for (std::size_t i = 0; i + schema_.optional_sections < seen_.size(); ++i)
      if (!seen_[i]) return Error{ErrorCode::kMalformed, fmt::format("has no '{}' array", schema_.sections[i])};
    return {};
  }

 private:
  static constexpr std::size_t kNoSection = std::numeric_limits<std::size_t>::max();

  static constexpr int kNumberOverflow = 406;  // nlohmann's out_of_range

  // "annotations[3]: 'bbox': ", as far as the value at hand belongs to a record.
  std::string place_of_value() const {
    if (depth_ < record_depth() || !in_section()) return {};
    return fmt::format("{}: '{}': ", place_of(section_name(), index_), field_name_);
  }

  bool root_is_array() const { return schema_.sections.empty(); }
  int array_depth() const { return root_is_array() ? 1 : 2; }
  int record_depth() const { return array_depth() + 1; }
  bool in_section() const { return root_is_array() || section_ != kNoSection; }
  std::string_view section_name() const { return root_is_array() ? std::string_view() : schema_.sections[section_]; }

  std::size_t wanted_section(std::string_view name) const {
    const auto at = std::find(schema_.sections.begin(), schema_.sections.end(), name);
    return at != schema_.sections.end() ? static_cast<std::size_t>(at - schema_.sections.begin()) : kNoSection;
  }

  bool fail(Error error) {
    error_ = std::move(error);
    return false;
  }

  bool open(bool is_array) {
    if (++depth_ > kDeepest) return fail({ErrorCode::kMalformed, fmt::format("nests deeper than {} levels", kDeepest)});
    if (depth_ == 1 && is_array != root_is_array()) return wrong_root();
    if (!in_section()) return true;
    if (depth_ == array_depth()) return open_section(is_array);
    if (depth_ == record_depth()) return is_array ? wrong_record() : open_record();
    if (depth_ > record_depth() && field_) open_field(is_array);
    return true;
  }

  bool open_section(bool is_array) {
    index_ = 0;
    if (root_is_array()) return true;
    if (!is_array) return wrong_section();
    if (seen_[section_]) return fail({ErrorCode::kMalformed, fmt::format("has '{}' twice", section_name())});
    seen_[section_] = true;
    return true;
  }

  bool open_record() {
    record_.clear();
    field_ = nullptr;
    return true;
  }

  void open_field(bool is_array) {
    if (is_array && depth_ == record_depth() + 1)
      *field_ = std::vector<double>();
    else
      *field_ = JsonRecord::Other{};  // an object, or an array in an array
  }

  template <typename T>
  bool scalar(T&& value) {
    if (depth_ == 0) return wrong_root();
    if (!in_section()) return true;
    if (depth_ == array_depth() - 1) return wrong_section();
    if (depth_ == array_depth()) return wrong_record();
    if (!field_) return true;
    if (depth_ == record_depth())
      *field_ = std::forward<T>(value);
    else
      append(value);
    return true;
  }

  template <typename T>
  void append(const T& value) {
    auto* numbers = std::get_if<std::vector<double>>(field_);
    if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::int64_t>) {
      if (numbers && numbers->size() < kLongestArray) return numbers->push_back(static_cast<double>(value));
    }
    *field_ = JsonRecord::Other{};
  }

  bool wrong_root() { return fail({ErrorCode::kMalformed, root_is_array() ? "holds no JSON array" : "holds no JSON object with arrays"}); }
  bool wrong_section() { return fail({ErrorCode::kMalformed, fmt::format("'{}' is no array", section_name())}); }
  bool wrong_record() { return fail({ErrorCode::kMalformed, fmt::format("{}: is no object", place_of(section_name(), index_))}); }

  const JsonSchema& schema_;
  const JsonVisitor& visit_;
  std::string_view text_;
  JsonRecord record_;
  std::vector<bool> seen_;
  std::optional<Error> error_;
  int depth_ = 0;
  std::size_t section_ = kNoSection;
  std::size_t index_ = 0;
  std::string field_name_;              // of the last key of a record, wanted or not
  JsonRecord::Value* field_ = nullptr;  // where the value of the last key goes, if it is wanted
};

}  // namespace

bool JsonRecord::has(std::string_view field) const {
  const Value& found = value(field);
  return !std::holds_alternative<std::monostate>(found);
}

JsonRecord::Value* JsonRecord::slot(std::string_view field) {
  const auto at = std::find(fields_.begin(), fields_.end(), field);
  return at != fields_.end() ? &values_[static_cast<std::size_t>(at - fields_.begin())] : nullptr;
}

void JsonRecord::clear() { std::fill(values_.begin(), values_.end(), Value()); }

const JsonRecord::Value& JsonRecord::value(std::string_view field) const {
  const auto at = std::find(fields_.begin(), fields_.end(), field);
  OCTET_CHECK(at != fields_.end(), "a field that the schema does not name");
  return values_[static_cast<std::size_t>(at - fields_.begin())];
}

Error JsonRecord::wrong(std::string_view field, std::string_view expected) const {
  const Value& found = value(field);
  const std::string kind = std::visit(KindName(), found);
  const bool is_missing = std::holds_alternative<std::monostate>(found);
  return {ErrorCode::kMalformed,
          is_missing ? fmt::format("'{}' is missing", field) : fmt::format("'{}' {}, expected {}", field, kind, expected)};
}

Result<std::int64_t> JsonRecord::integer(std::string_view field) const {
  const Value& found = value(field);
  if (const auto* integer = std::get_if<std::int64_t>(&found)) return *integer;
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it, neighbouring integers read alike
  if (const auto* real = std::get_if<double>(&found); real && std::trunc(*real) == *real && std::abs(*real) <= kExact)
    return static_cast<std::int64_t>(*real);
  return wrong(field, "an integer");
}

Result<double> JsonRecord::number(std::string_view field) const {
  const Value& found = value(field);
  if (const auto* real = std::get_if<double>(&found)) return *real;
  if (const auto* integer = std::get_if<std::int64_t>(&found)) return static_cast<double>(*integer);
  return wrong(field, "a number");
}

Result<std::string> JsonRecord::text(std::string_view field) const {
  if (const auto* text = std::get_if<std::string>(&value(field))) return *text;
  return wrong(field, "a string");
}

Result<std::vector<double>> JsonRecord::numbers(std::string_view field, std::size_t count) const {
  if (const auto* numbers = std::get_if<std::vector<double>>(&value(field)); numbers && numbers->size() == count) return *numbers;
  return wrong(field, fmt::format("an array of {} numbers", count));
}

Result<bool> JsonRecord::flag(std::string_view field) const {
  const Value& found = value(field);
  if (const auto* flag = std::get_if<bool>(&found)) return *flag;
  if (const auto* integer = std::get_if<std::int64_t>(&found); integer && (*integer == 0 || *integer == 1)) return *integer == 1;
  return wrong(field, "0 or 1");
}

Status parse_json_records(std::string_view text, const JsonSchema& schema, const JsonVisitor& visit) {
  if (is_utf16(text)) return Error{ErrorCode::kMalformed, "is UTF-16 text; JSON is read in UTF-8, save it so"};
  RecordReader reader(schema, visit, text);
  nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  return std::move(reader).finish();
}

Status read_json_records(const std::filesystem::path& path, const JsonSchema& schema, const JsonVisitor& visit) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  if (Status status = parse_json_records(text, schema, visit); !status.ok()) return status.error().at(path.string());
  return {};
}

}  // namespace octet
