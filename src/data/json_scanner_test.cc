#include "data/json_scanner.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

namespace octet {
namespace {

bool is_json(std::string_view text) {
  JsonScanner scanner(text);
  return scanner.skip_value(0) && scanner.ends();
}

JsonNumber number_of(std::string_view text) {
  JsonNumber number;
  EXPECT_TRUE(JsonScanner(text).number(number)) << text;
  return number;
}

JsonScanner::Failure failure_of(std::string_view text) {
  JsonScanner scanner(text);
  (void)scanner.skip_value(0);
  return scanner.failure();
}

TEST(JsonScanner, TellsIntegersFromOtherNumbers) {
  EXPECT_EQ(number_of("-9223372036854775808").integer, INT64_MIN);
  EXPECT_TRUE(number_of("0").is_integer);
  EXPECT_FALSE(number_of("1.0").is_integer);
  EXPECT_FALSE(number_of("1e2").is_integer);
  EXPECT_FALSE(number_of("9223372036854775808").is_integer);
  EXPECT_EQ(number_of("9223372036854775808").real, 9223372036854775808.0);
}

TEST(JsonScanner, TakesNumbersTooSmallForADoubleForNoneAndRefusesThoseTooLarge) {
  const std::string zeros(400, '0');
  for (const std::string& small :
       std::vector<std::string>{"1e-999", "0." + zeros + "1", "0." + zeros + "1e10", "1" + zeros + "e-99999999999"}) {
    EXPECT_EQ(number_of(small).real, 0) << small;
    EXPECT_EQ(failure_of(small), JsonScanner::Failure::kNone);
  }
  for (const std::string& large : std::vector<std::string>{"1e999", "-1" + zeros, "0.001e999", "1e99999999999"})
    EXPECT_EQ(failure_of(large), JsonScanner::Failure::kTooLarge) << large;
}

TEST(JsonScanner, SaysHowItFailed) {
  EXPECT_EQ(failure_of("[1, 2"), JsonScanner::Failure::kCutOff);
  EXPECT_EQ(failure_of("[1; 2]"), JsonScanner::Failure::kNotJson);
  EXPECT_EQ(failure_of(std::string(300, '[')), JsonScanner::Failure::kTooDeep);
}

TEST(JsonScanner, LeavesEscapesToUnescape) {
  JsonScanner scanner(R"("a\n\"\u00e9\ud83d\ude00\/" 1)");
  std::string_view raw;
  ASSERT_TRUE(scanner.string(raw));
  EXPECT_EQ(raw, R"(a\n\"\u00e9\ud83d\ude00\/)");
  EXPECT_EQ(unescape(raw), "a\n\"é😀/");
  EXPECT_EQ(scanner.peek(), '1');
}

TEST(JsonScanner, RefusesHalfCharactersAndControlCharacters) {
  for (const char* bad :
       {R"("\ud83d")", R"("\ude00")", R"("\ud83dx")", R"("\ud83d\n")", R"("\ud83d\u0041")", R"("\x")", "\"\n\"", "\"\xc3\""})
    EXPECT_FALSE(is_json(bad)) << bad;
}

RC_GTEST_PROP(JsonScanner, ReadsTheNearestDouble, (std::uint32_t whole, std::uint64_t fraction, std::int8_t power, bool is_negative)) {
  const int places = *rc::gen::inRange(1, 20);
  std::string text = std::string(is_negative ? "-" : "") + std::to_string(whole) + "." + std::to_string(fraction).substr(0, places);
  RC_ASSERT(number_of(text).real == std::strtod(text.c_str(), nullptr));
  text += "e" + std::to_string(power);
  RC_ASSERT(number_of(text).real == std::strtod(text.c_str(), nullptr));
}

RC_GTEST_PROP(JsonScanner, ReadsBackEveryDouble, (double number)) {
  RC_PRE(std::isfinite(number));
  RC_ASSERT(number_of(nlohmann::json(number).dump()).real == number);
}

RC_GTEST_PROP(JsonScanner, AgreesWithAnotherParserOnDamagedText, (std::uint8_t byte)) {
  std::string text = R"({"a": [1, -2.5e-3, {"b": null, "c": [true, false, []]}], "é\u00e9\ud83d\ude00\\": "\n", "d": {}, "e": 0.125})";
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  if (*rc::gen::arbitrary<bool>())
    text[at] = *rc::gen::elementOf(std::string("{}[],:\"\\0123456789.eE+-ntfu \x80\xff")) ^ static_cast<char>(byte & 1);
  else
    text.erase(at, *rc::gen::inRange<std::size_t>(1, 4));
  RC_ASSERT(is_json(text) == nlohmann::json::accept(text));
}

}  // namespace
}  // namespace octet
