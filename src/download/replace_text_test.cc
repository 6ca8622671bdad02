#include "download/replace_text.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/scratch_folder.h"
#include "download/postprocess.h"
#include "download/replacement.h"

namespace octet {
namespace {

std::string replaced(const std::string& pattern, const std::string& replacement, std::string_view text, int count = 0) {
  const auto result = replace_text(pattern, replacement, text, count);
  return result.ok() ? result->text : "error: " + result.error().message;
}

// Each expected text is what CPython 3.11's re.sub gives.
TEST(ReplaceText, IsPythonsSub) {
  EXPECT_EQ(replaced("a(b)?c", "<\\1>", "abc ac"), "<b> <>");
  EXPECT_EQ(replaced("(?P<x>\\w+) (\\w+)", "\\2 \\g<x>\\g<2>0", "one two"), "two onetwo0");
  EXPECT_EQ(replaced("import (\\w+)", "# \\g<0>", "import a\nimport b\n"), "# import a\n# import b\n");
  EXPECT_EQ(replaced("x*", "-", "abxd"), "-a-b--d-");
  EXPECT_EQ(replaced("", "-", "ab"), "-a-b-");
  EXPECT_EQ(replaced("$", "-", "a\n"), "a-\n-");
  EXPECT_EQ(replaced("^", ">", "a\nb"), ">a\nb");
  EXPECT_EQ(replaced("(?m)^", ">", "a\nb"), ">a\n>b");
  EXPECT_EQ(replaced("a", "b", "aaaa", 2), "bbaa");
  EXPECT_EQ(replaced("\\w", "x", "\xc3\xa4 b"), "x x");
  EXPECT_EQ(replaced(".", "x", "\xe2\x82\xac\r\n"), "xx\n");
  EXPECT_EQ(replaced("\\u20ac", "E", "1 \xe2\x82\xac"), "1 E");
  EXPECT_EQ(replaced("from nets(\\.[\\w.]+)? import (?!inception)", "from slim.nets\\1 import ",
                     "from nets.a import b, from nets import inception"),
            "from slim.nets.a import b, from nets import inception");
  EXPECT_EQ(replaced("(?<=a)b", "x", "ab b"), "ax b");
}

TEST(ReplaceText, CountsPlaces) { EXPECT_EQ(replace_text("a", "b", "banana", 0)->count, 3); }

TEST(Replacement, IsPythonsTemplate) {
  EXPECT_EQ(replaced("a", "\\n\\t\\\\\\.\\-", "a"), "\n\t\\\\.\\-");
  EXPECT_EQ(replaced("a", "\\101\\07x\\0", "a"), std::string("A\ax\0", 4));
  EXPECT_EQ(replaced("a", "\\377", "a"), "\xc3\xbf");
  EXPECT_EQ(replaced("(a)", "\\18", "a"), "error: replacement: the pattern has no group 18");
  EXPECT_EQ(replaced("(a)", "\\g<1>8", "a"), "a8");
  EXPECT_EQ(replaced("a", "\\q", "a"), "error: replacement: \\q means nothing at position 0");
  EXPECT_EQ(replaced("a", "b\\", "a"), "error: replacement: a backslash has nothing behind it at position 1");
  EXPECT_EQ(replaced("a", "\\400", "a"), "error: replacement: an octal number is larger than \\377 at position 0");
  EXPECT_EQ(replaced("a", "\\g<b>", "a"), "error: replacement: the pattern has no group 'b'");
  EXPECT_EQ(replaced("a", "\\g<>", "a"), "error: replacement: \\g<> names no group at position 0");
  EXPECT_EQ(replaced("a", "\\g0", "a"), "error: replacement: \\g has no <group> behind it at position 0");
  EXPECT_EQ(replaced("a", "\\g<99999999999>", "a"), "error: replacement: a group's number is too large at position 0");
}

TEST(ReplaceText, RefusesWhatItCannotRead) {
  EXPECT_TRUE(replaced("(", "", "a").starts_with("error: pattern '(': missing closing parenthesis")) << replaced("(", "", "a");
  EXPECT_TRUE(replaced("a", "", "\xff").starts_with("error: UTF-8 error"));
  EXPECT_TRUE(replaced("\xff", "", "a").starts_with("error: pattern"));
}

TEST(ReplaceText, EndsWhatWouldTakeForEver) {
  EXPECT_EQ(replaced("(a+)+$", "", std::string(5000, 'a') + "b"), "error: the pattern takes too long on this text");
  // Many matches, each of which takes long.
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += std::string(20, 'a') + "b\n";
  EXPECT_EQ(replaced("(a+)+$|\\n", "", lines), "error: the pattern takes too long on this text");
  EXPECT_EQ(replace_text("a", std::string(1000, 'b'), std::string(1000, 'a'), 0, {.text_bytes = 10'000}).error().code,
            ErrorCode::kUnsupported);
}

class PostprocessText : public testing::Test {
 protected:
  const ScratchFolder folder_;
};

TEST_F(PostprocessText, KeepsTheOriginalOnce) {
  const auto path = folder_.write("a.py", "import x\r\nimport y\r\n");
  EXPECT_EQ(describe(ReplaceText{"a.py", "x", "y", 0}, folder_.path()), "Replacing text in " + path.string());
  ASSERT_TRUE(postprocess(ReplaceText{"a.py", "import (\\w)", "# \\g<0>", 0}, folder_.path()).ok());
  EXPECT_EQ(read_text(path).value(), "# import x\n# import y\n");
  ASSERT_TRUE(postprocess(ReplaceText{"a.py", "# ", "", 1}, folder_.path()).ok());
  EXPECT_EQ(read_text(path).value(), "import x\n# import y\n");
  EXPECT_EQ(read_text(path.string() + ".orig").value(), "import x\r\nimport y\r\n");
}

TEST_F(PostprocessText, RefusesAPatternThatDoesNotOccurOftenEnough) {
  for (const int count : {0, 2}) {
    const auto path = folder_.write("a.py", count == 0 ? "one" : "one again");
    const Status status = postprocess(ReplaceText{"a.py", count == 0 ? "two" : "one", "", count}, folder_.path());
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::kMalformed);
    EXPECT_FALSE(std::filesystem::exists(path)) << "what is not done is not in its place";
    EXPECT_EQ(read_text(path.string() + ".orig").value(), "one") << "the first one is the original";
  }
  EXPECT_EQ(postprocess(ReplaceText{"b.py", "a", "", 0}, folder_.path()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(postprocess(ReplaceText{"../b.py", "a", "", 0}, folder_.path()).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace octet
