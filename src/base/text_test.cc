#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/parse_number.h"
#include "base/quantile.h"
#include "base/quoted_name.h"
#include "base/utf8.h"

using std::string_literals::operator""s;

namespace octet {
namespace {

TEST(ParseNumber, TakesWholeTextsOnly) {
  EXPECT_EQ(parse_number<std::int64_t>("-12"), -12);
  EXPECT_EQ(parse_number<double>("2.5e-1"), 0.25);
  for (const char* bad : {"", " 1", "1 ", "+1", "1x", "0x1", "1.5", "9223372036854775808"})
    EXPECT_FALSE(parse_number<std::int64_t>(bad)) << bad;
  for (const char* bad : {"", "1,5", "1e", "1e999", "one"}) EXPECT_FALSE(parse_number<double>(bad)) << bad;
  EXPECT_FALSE(parse_number<std::uint32_t>("-1"));
  EXPECT_FALSE(parse_number<std::uint32_t>("4294967296"));
}

TEST(Utf8, MeasuresWellFormedSequences) {
  EXPECT_EQ(utf8_sequence_length("a"), 1u);
  EXPECT_EQ(utf8_sequence_length("\xC3\xA9t"), 2u);         // U+00E9
  EXPECT_EQ(utf8_sequence_length("\xE2\x82\xAC"), 3u);      // U+20AC
  EXPECT_EQ(utf8_sequence_length("\xF4\x8F\xBF\xBF"), 4u);  // U+10FFFF
}

TEST(Utf8, RefusesWhatIsNone) {
  const char* const bad[] = {"",
                             "\x80",
                             "\xC3",
                             "\xC0\x80",
                             "\xE2\x82",
                             "\xE2(\xA1",
                             "\xE0\x9F\xBF",
                             "\xED\xA0\x80",
                             "\xF0\x8F\xBF\xBF",
                             "\xF4\x90\x80\x80",
                             "\xF5\x80\x80\x80",
                             "\xFF"};
  for (const char* text : bad) EXPECT_EQ(utf8_sequence_length(text), 0u) << text;
}

TEST(TextForXml, HasAQuestionMarkForWhatXmlCannotHold) {
  EXPECT_EQ(text_for_xml("a\t\r\n<\xC3\xA9\xF4\x8F\xBF\xBF\xEF\xBF\xBD"), "a\t\r\n<\xC3\xA9\xF4\x8F\xBF\xBF\xEF\xBF\xBD");
  EXPECT_EQ(text_for_xml("\x01\0b\x1F\xEF\xBF\xBE\xEF\xBF\xBF\xE9\xED\xA0\x80\xC3"s), "??b????????");
}

TEST(PlainLine, HoldsNoControlCharacter) {
  EXPECT_EQ(plain_line("a\nb\r\x1b[31mc\x7f\xC2\x9B"
                       "d\0"s),
            "a b  [31mc  d ");
  EXPECT_EQ(plain_line("caf\xC3\xA9 \xC2\xA9 \xC2"), "caf\xC3\xA9 \xC2\xA9 \xC2");
  EXPECT_EQ(plain_lines("a\n\tb\x1b"), "a\n\tb ");
}

TEST(Quantile, IsLinearBetweenNeighbours) {
  const std::vector<double> sorted{1, 2, 4};
  EXPECT_EQ(quantile_of_sorted(sorted, 0), 1);
  EXPECT_EQ(quantile_of_sorted(sorted, 0.25), 1.5);
  EXPECT_EQ(quantile_of_sorted(sorted, 0.75), 3);
  EXPECT_EQ(quantile_of_sorted(sorted, 1), 4);
  EXPECT_EQ(quantile_of_sorted(sorted, 2), 4);
  EXPECT_EQ(quantile_of_sorted(std::vector<double>{7}, 0.5), 7);
}

}  // namespace
}  // namespace octet
