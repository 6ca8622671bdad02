#include "formats/darknet/encoding.h"

#include <gtest/gtest.h>

namespace octet::darknet {
namespace {

using namespace std::string_view_literals;

std::string decoded(std::string_view file) {
  const auto text = text_of(file);
  return text.ok() ? *text : "error: " + text.error().message;
}

TEST(TextOf, TakesUtf8AsItIs) {
  EXPECT_EQ(decoded("[net]\n"), "[net]\n");
  EXPECT_EQ(decoded("\xEF\xBB\xBF[net]"), "[net]");
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("a"), "a");
}

TEST(TextOf, ConvertsUtf16OfEitherOrder) {
  EXPECT_EQ(decoded("\xFF\xFE[\0n\0"sv), "[n");
  EXPECT_EQ(decoded("\xFE\xFF\0[\0n"sv), "[n");
  EXPECT_EQ(decoded("[\0n\0"sv), "[n");
  EXPECT_EQ(decoded("\0[\0n"sv), "[n");
}

TEST(TextOf, ConvertsCharactersOfEveryLength) {
  // A, e acute, euro sign, and U+1F600, which takes a pair of surrogates.
  EXPECT_EQ(decoded("\xFF\xFE\x41\0\xE9\0\xAC\x20\x3D\xD8\x00\xDE"sv), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(TextOf, RefusesHalfAPairAndEndsWithATextThatIsCut) {
  EXPECT_EQ(decoded("\xFF\xFE\x00\xDE"sv), "error: is UTF-16 with half a surrogate pair at character 0");
  EXPECT_EQ(decoded("\xFF\xFE\x3D\xD8\x41\0"sv), "error: is UTF-16 with half a surrogate pair at character 0");
  EXPECT_EQ(decoded("\xFF\xFE\x41\0\x3D\xD8"sv), "A");
  EXPECT_EQ(decoded("\xFF\xFE\x41\0\x3D"sv), "A");
}

}  // namespace
}  // namespace octet::darknet
