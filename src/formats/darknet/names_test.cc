#include "formats/darknet/names.h"

#include <gtest/gtest.h>

namespace octet::darknet {
namespace {

using Names = std::vector<std::string>;

TEST(ParseNames, TakesALineANameAndDropsBlanksAround) {
  EXPECT_EQ(parse_names("person\r\n traffic light \ncar").value(), (Names{"person", "traffic light", "car"}));
}

TEST(ParseNames, DropsEmptyLinesAtTheEndOnly) { EXPECT_EQ(parse_names("a\n\nb\n\n\n").value(), (Names{"a", "", "b"})); }

TEST(ParseNames, PassesOverAByteOrderMark) { EXPECT_EQ(parse_names("\xEF\xBB\xBFperson\ncar").value(), (Names{"person", "car"})); }

TEST(ParseNames, KeepsOtherAlphabets) {
  EXPECT_EQ(parse_names("Tür\n人\n\xF0\x9F\x9A\x97\n").value(), (Names{"Tür", "人", "\xF0\x9F\x9A\x97"}));
}

TEST(ParseNames, NamesTheLineThatIsNoText) {
  EXPECT_EQ(parse_names("a\nb\x01\n").error().message, "line 2 is not UTF-8 text");
  for (const char* broken : {"\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xBA"})
    EXPECT_FALSE(parse_names(broken).ok()) << broken;
}

}  // namespace
}  // namespace octet::darknet
