#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// JSON files that are long arrays of small objects, read in one pass: only the record at hand is in memory, so a file of
// half a gigabyte of polygons costs no more than what the visitor keeps.
//
//   [{"a": 1}, {"a": 2}]                            one section without a name
//   {"info": ..., "images": [{...}, ...], ...}      a section for each wanted key
namespace octet {

// One object: the wanted fields that it has. Everything else, and everything nested deeper, is passed over. Valid while the text is.
class JsonRecord {
 public:
  explicit JsonRecord(std::span<const std::string_view> fields) : fields_(fields), values_(fields.size()) {}

  bool has(std::string_view field) const;

  // The value, or an error that names the field and says what it is instead. A number with a fraction is no integer, a
  // number beyond int64 is none either.
  Result<std::int64_t> integer(std::string_view field) const;
  Result<double> number(std::string_view field) const;
  Result<std::string> text(std::string_view field) const;
  Result<std::span<const double>> numbers(std::string_view field, std::size_t count) const;  // until the record is cleared
  Result<std::vector<std::int64_t>> integers(std::string_view field) const;
  Result<bool> flag(std::string_view field) const;  // true, false, 0 or 1

  // For the reader.
  enum class Kind : std::uint8_t {
    kMissing,
    kBoolean,
    kInteger,
    kReal,
    kText,
    kNumbers,
    kOther,  // an object, or an array of other than numbers: of no use for any field
  };
  struct Value {
    Kind kind = Kind::kMissing;
    std::int64_t integer = 0;          // of a boolean as well
    double real = 0;                   // of an integer as well
    std::string_view raw{};            // of a text: as the file has it
    std::size_t first = 0, count = 0;  // of numbers, where they stand
  };
  Value* slot(std::string_view field);
  std::vector<double>& all_numbers() { return numbers_; }
  void clear();

 private:
  const Value& value(std::string_view field) const;
  Error wrong(std::string_view field, std::string_view expected) const;

  std::span<const std::string_view> fields_;
  std::vector<Value> values_;
  std::vector<double> numbers_;
  std::size_t expected_ = 0;  // the field that slot() tries first
};

struct JsonSchema {
  std::vector<std::string_view> sections;  // keys of the root object; empty: the root is an array
  std::size_t optional_sections = 0;       // so many at the end of `sections` may be absent
  std::vector<std::string_view> fields;    // of the records, all sections together
  bool stops_early = false;                // what stands behind the last of the sections is not looked at
};

// Called once for each record with its section ("" for a root array) and its index there.
using JsonVisitor = std::function<Status(std::string_view section, std::size_t index, const JsonRecord& record)>;

// Reads `path`, which may be packed (file_text.h), or `text` (errors then name no file). Errors: kNotFound; kMalformed with the byte at
// which the text stops being JSON, the section that is missing or no array, or the place of the record ("annotations[12]: ...") that the
// visitor refused.
Status read_json_records(const std::filesystem::path& path, const JsonSchema& schema, const JsonVisitor& visit);
Status parse_json_records(std::string_view text, const JsonSchema& schema, const JsonVisitor& visit);

// One of several parts of a root array that are read at the same time: the records that begin in [begin, end) of `text`, where `begin` is 0
// or the first byte of a record. Answers where the next record begins, text.size() behind the last one, and nothing where anything is
// wrong: parse_json_records() then says what.
std::optional<std::size_t> parse_json_part(std::string_view text, std::size_t begin, std::size_t end, const JsonSchema& schema,
                                           const JsonVisitor& visit);

// Where a record may begin, from byte `from` on; text.size() if nowhere. It is a guess, as a string or a nested array may look the same: it
// was right if parse_json_part() ends there with the part before it.
std::size_t likely_record(std::string_view text, std::size_t from);

}  // namespace octet
