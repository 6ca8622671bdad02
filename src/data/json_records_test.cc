#include "data/json_records.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>

namespace octet {
namespace {

const JsonSchema kRows{.sections = {}, .fields = {"id", "name", "box", "flag"}};
const JsonSchema kTables{.sections = {"a", "b"}, .fields = {"id"}};

std::string error_of(std::string_view text, const JsonSchema& schema, const JsonVisitor& visit) {
  const Status status = parse_json_records(text, schema, visit);
  return status.ok() ? "" : status.error().message;
}

Status ignore(std::string_view, std::size_t, const JsonRecord&) { return {}; }

// The error of reading `field` of one record as an integer, a box or text.
std::string integer_error(std::string_view text) {
  return error_of(text, kRows, [](std::string_view, std::size_t, const JsonRecord& record) -> Status {
    OCTET_ASSIGN([[maybe_unused]] auto id, record.integer("id"));
    return {};
  });
}
std::string box_error(std::string_view text) {
  return error_of(text, kRows, [](std::string_view, std::size_t, const JsonRecord& record) -> Status {
    OCTET_ASSIGN([[maybe_unused]] auto box, record.numbers("box", 2));
    return {};
  });
}

TEST(JsonRecords, VisitsTheRecordsOfARootArrayInOrder) {
  std::vector<std::int64_t> ids;
  const Status status = parse_json_records(R"([{"id": 5, "other": {"id": 6}}, {"id": 7.0}])", kRows,
                                           [&](std::string_view section, std::size_t index, const JsonRecord& record) {
                                             EXPECT_EQ(section, "");
                                             EXPECT_EQ(index, ids.size());
                                             ids.push_back(record.integer("id").value());
                                             return Status();
                                           });
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(ids, (std::vector<std::int64_t>{5, 7}));
}

TEST(JsonRecords, VisitsTheWantedSectionsOnly) {
  std::string seen;
  const Status status =
      parse_json_records(R"({"x": [{"id": 1}], "b": [{"id": 2}], "y": {"a": [{"id": 9}]}, "a": [{"id": 3}, {"id": 4}]})", kTables,
                         [&](std::string_view section, std::size_t index, const JsonRecord& record) {
                           seen += std::string(section) + std::to_string(index) + std::to_string(record.integer("id").value()) + " ";
                           return Status();
                         });
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(seen, "b02 a03 a14 ");
}

TEST(JsonRecords, StopsBehindTheLastSectionWhereItMay) {
  constexpr std::string_view kText = R"({"b": [{"id": 2}], "y": [], "a": [{"id": 3}], "and": no JSON)";
  JsonSchema schema = kTables;
  EXPECT_NE(error_of(kText, schema, ignore), "");
  schema.stops_early = true;
  EXPECT_EQ(error_of(kText, schema, ignore), "");
  EXPECT_EQ(error_of(R"({"b": [{"id": 2}]})", schema, ignore), "has no 'a' array");
}

TEST(JsonRecords, ForgetsTheFieldsOfTheRecordBefore) {
  EXPECT_EQ(integer_error(R"([{"id": 1}, {"name": "x"}])"), "entry 1: 'id' is missing");
}

TEST(JsonRecords, SaysWhatAFieldIsInstead) {
  EXPECT_EQ(integer_error(R"([{"id": "7"}])"), "entry 0: 'id' is a string, expected an integer");
  EXPECT_EQ(integer_error(R"([{"id": 1.5}])"), "entry 0: 'id' is a number with a fraction, expected an integer");
  EXPECT_EQ(integer_error(R"([{"id": true}])"), "entry 0: 'id' is a boolean, expected an integer");
  EXPECT_EQ(integer_error(R"([{"id": null}])"), "entry 0: 'id' is missing");
  EXPECT_EQ(integer_error(R"([{"id": [1, 2]}])"), "entry 0: 'id' is an array of 2 numbers, expected an integer");
}

TEST(JsonRecords, RefusesAnIntegerBeyondInt64) {
  for (const char* large : {"18446744073709551615", "-9223372036854775809", "1e300", "1e17"})
    EXPECT_EQ(integer_error(fmt::format(R"([{{"id": {}}}])", large)), "entry 0: 'id' is too large to be exact, expected an integer");
  EXPECT_EQ(integer_error(R"([{"id": 9223372036854775807}])"), "");
}

TEST(JsonRecords, TakesABoxOfNumbersOnly) {
  EXPECT_EQ(box_error(R"([{"box": [1, 2.5]}])"), "");
  EXPECT_EQ(box_error(R"([{"box": [1]}])"), "entry 0: 'box' is an array of 1 number, expected an array of 2 numbers");
  for (const char* bad : {R"([{"box": [1, "2"]}])", R"([{"box": [[], 1, 2]}])", R"([{"box": [1, [2]]}])", R"([{"box": {"x": 1, "y": 2}}])",
                          R"([{"box": [1, 2, {"x": 3}]}])", R"([{"box": [1, null]}])"})
    EXPECT_EQ(box_error(bad), "entry 0: 'box' is something else, expected an array of 2 numbers") << bad;
}

TEST(JsonRecords, DoesNotStoreALongArray) {
  std::string text = R"([{"box": [0)";
  for (int i = 0; i < 70000; ++i) text += ",0";
  EXPECT_EQ(box_error(text + "]}]"), "entry 0: 'box' is something else, expected an array of 2 numbers");
}

TEST(JsonRecords, NamesTheMissingSection) { EXPECT_EQ(error_of(R"({"a": []})", kTables, ignore), "has no 'b' array"); }

TEST(JsonRecords, RefusesASectionThatIsNoArray) {
  EXPECT_EQ(error_of(R"({"a": {"id": 1}, "b": []})", kTables, ignore), "'a' is no array");
  EXPECT_EQ(error_of(R"({"a": 5, "b": []})", kTables, ignore), "'a' is no array");
}

TEST(JsonRecords, RefusesASectionThatComesTwice) { EXPECT_EQ(error_of(R"({"a": [], "a": []})", kTables, ignore), "has 'a' twice"); }

TEST(JsonRecords, RefusesARecordThatIsNoObject) {
  EXPECT_EQ(error_of(R"({"a": [{}, 3], "b": []})", kTables, ignore), "a[1]: is no object");
  EXPECT_EQ(error_of(R"([[1]])", kRows, ignore), "entry 0: is no object");
}

TEST(JsonRecords, RefusesAnotherRoot) {
  EXPECT_EQ(error_of(R"({"a": []})", kRows, ignore), "holds no JSON array");
  EXPECT_EQ(error_of("[]", kTables, ignore), "holds no JSON object with arrays");
  EXPECT_EQ(error_of("7", kRows, ignore), "holds no JSON array");
}

TEST(JsonRecords, SaysWhereTheTextStopsBeingJson) {
  EXPECT_EQ(error_of(R"([{"id": 1},, {"id": 2}])", kRows, ignore), "is not JSON at byte 12 of 23: ', {\"id\": 2}]'");
  EXPECT_EQ(error_of("", kRows, ignore), "the JSON text ends too early, at byte 0; the file is cut off");
}

TEST(JsonRecords, NamesValuesThatJsonHasNoWordFor) {
  EXPECT_EQ(error_of(R"({"b": [{"id": 1}, {"id": 2, "box": [1, NaN]}]})", kTables, ignore),
            "b[1]: 'box': is not JSON at byte 40 of 46: 'NaN]}]}'");
  for (const char* word : {"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf"}) {
    const std::string message = error_of(fmt::format(R"([{{"id": 1}}, {{"id": {}}}])", word), kRows, ignore);
    EXPECT_EQ(message, fmt::format("entry 1: 'id': is not JSON at byte 20 of {}: '{}}}]'", 21 + std::string_view(word).size(), word));
  }
  EXPECT_EQ(error_of(R"([{"flag": True}])", kRows, ignore), "entry 0: 'flag': is not JSON at byte 11 of 16: 'True}]'");
  EXPECT_NE(error_of(R"([{"id": 1e999}])", kRows, ignore).find("entry 0: 'id': the number before byte"), std::string::npos);
}

TEST(JsonRecords, QuotesWhatAFileOfAnotherKindBeginsWith) {
  EXPECT_EQ(error_of("<!DOCTYPE html>", kRows, ignore), "is not JSON at byte 1 of 15: '<!DOCTYPE html>'");
  EXPECT_EQ(error_of("version https://git-lfs.github.com/spec/v1\n", kRows, ignore),
            "is not JSON at byte 1 of 43: 'version https://git-lfs.'");
  EXPECT_EQ(error_of("\x1f\x8b\x08 packed", kRows, ignore), R"(is not JSON at byte 1 of 10: '\x1F\x8B\x08 packed')");
  EXPECT_EQ(error_of("[{\"name\": \"Fu\xdfg\"}]", kRows, ignore), R"(entry 0: 'name': is not JSON at byte 12 of 18: 'Fu\xDFg"}]')");
}

TEST(JsonRecords, SaysThatATextIsUtf16) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"\xff\xfe[\0]\0"sv, "\xfe\xff\0[\0]"sv, "[\0]\0"sv, "\0[\0]"sv})
    EXPECT_NE(error_of(text, kRows, ignore).find("UTF-16"), std::string::npos);
  EXPECT_EQ(error_of("\xef\xbb\xbf[]", kRows, ignore), "");  // the mark of UTF-8 is none of our concern
}

TEST(JsonRecords, RefusesWhatFollowsTheEnd) { EXPECT_NE(error_of("[] []", kRows, ignore), ""); }

TEST(JsonRecords, RefusesTextCutAnywhere) {
  const std::string whole = R"({"a": [{"id": 1, "name": "\u00e9"}], "x": [[1.5, -2e3], null], "b": [{"id": true}]})";
  ASSERT_EQ(error_of(whole, kTables, ignore), "");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(error_of(std::string_view(whole).substr(0, size), kTables, ignore), "") << size;
}

TEST(JsonRecords, RefusesDeepNesting) {
  EXPECT_EQ(error_of(std::string(1000000, '['), kTables, ignore), "holds no JSON object with arrays");
  EXPECT_EQ(error_of(R"({"x": )" + std::string(1000000, '['), kTables, ignore), "nests deeper than 256 levels");
}

RC_GTEST_PROP(JsonRecords, TakesAnyBytesWithoutHarm, (const std::string& bytes)) {
  (void)parse_json_records(bytes, kTables, ignore);
  (void)parse_json_records("[{\"id\":" + bytes, kRows, ignore);
}

// Ids of the records that begin in [begin, end), and where the next one begins.
std::optional<std::size_t> part_of(std::string_view text, std::size_t begin, std::size_t end, std::vector<std::int64_t>& ids) {
  return parse_json_part(text, begin, end, kRows, [&](std::string_view, std::size_t, const JsonRecord& record) {
    ids.push_back(record.integer("id").value());
    return Status();
  });
}

TEST(JsonPart, EndsWhereTheNextRecordBegins) {
  constexpr std::string_view kText = R"( [{"id": 1} , {"id": 2}, {"id": 3}] )";
  std::vector<std::int64_t> ids;
  const std::size_t second = likely_record(kText, 0);
  EXPECT_EQ(kText.substr(second, 9), R"({"id": 2})");
  EXPECT_EQ(part_of(kText, 0, second, ids), second);
  EXPECT_EQ(ids, (std::vector<std::int64_t>{1}));
  EXPECT_EQ(part_of(kText, second, kText.size(), ids), kText.size());
  EXPECT_EQ(ids, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST(JsonPart, DoesNotEndWhereAStringOrANestedArrayLooksLikeARecord) {
  constexpr std::string_view kText = R"([{"name": "}, {", "box": [{}, {}], "id": 1}, {"id": 2}])";
  std::vector<std::int64_t> ids;
  for (std::size_t from = 0, guess = 0; (guess = likely_record(kText, from)) < kText.size(); from = guess) {
    const bool is_right = kText.substr(guess) == R"({"id": 2}])";
    EXPECT_EQ(part_of(kText, 0, guess, ids) == guess, is_right) << guess;
  }
}

TEST(JsonPart, IsNothingWhereTheTextIsWrong) {
  std::vector<std::int64_t> ids;
  for (const char* bad : {"", "{}", "[", "[1]", R"([{"id": 1})", R"([{"id": 1},])", R"([{"id": 1}] x)"})
    EXPECT_FALSE(part_of(bad, 0, 100, ids)) << bad;
}

RC_GTEST_PROP(JsonPart, TogetherPartsAreTheWhole, (const std::vector<std::int64_t>& ids, std::uint8_t more)) {
  const std::size_t step = std::size_t{more} + 1;
  std::string text = "[";
  for (const std::int64_t id : ids) text += fmt::format(R"({}{{"id": {}, "other": [{{}},{{}}]}})", text.size() > 1 ? ",\n" : "", id);
  text += "]";
  std::vector<std::int64_t> read;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = part_of(text, begin, begin + step, read);
    RC_ASSERT(end.has_value());
    RC_ASSERT(*end >= std::min(text.size(), begin + step));
    begin = *end;
  }
  RC_ASSERT(read == ids);
}

TEST(ReadJsonRecords, NamesTheFile) {
  const Status status = read_json_records("/nonexistent/results.json", kRows, ignore);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  EXPECT_NE(status.error().message.find("/nonexistent/results.json"), std::string::npos);
}

}  // namespace
}  // namespace octet
