#include "zoo/select_models.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"

namespace octet {
namespace {

// The expectations are what Python 3.11 answers.
TEST(MatchesPattern, IsPythonsFnmatch) {
  struct Case {
    const char *name, *pattern;
    bool matches;
  };
  for (const auto& [name, pattern, matches] : {Case{"yolo-v4-tf", "yolo-v4-tf", true},
                                               {"yolo-v4-tf", "yolo*", true},
                                               {"yolo-v4-tf", "yolo", false},
                                               {"yolo-v4-tf", "*-v?-*", true},
                                               {"yolo-v4-tf", "*v4", false},
                                               {"yolo-v4-tf", "YOLO*", false},
                                               {"yolo-v4-tf", "yolo-v[3-4]-tf", true},
                                               {"yolo-v4-tf", "yolo-v[!3-4]-tf", false},
                                               {"aab", "*a*b", true},
                                               {"", "*", true},
                                               {"", "?", false},
                                               {"a", "", false},
                                               {"a[b", "a[b", true},
                                               {"a]", "a[]]", true},
                                               {"ab", "a[!]]", true},
                                               {"a]", "a[!]]", false},
                                               {"a-", "a[x-]", true},
                                               {"a-", "a[a-c-e]", true},
                                               {"ab", "a[c-a]", false},
                                               {"a^", "a[^b]", true},
                                               {"ac", "a[^b]", false},
                                               {"a\\b", "a\\b", true},
                                               {"a!", "a[!", false},
                                               {".hidden", "*", true}})
    EXPECT_EQ(matches_pattern(name, pattern), matches) << name << " " << pattern;
}

TEST(ShellWords, AreThoseOfShlex) {
  const auto words = [](const char* line) { return shell_words(line).value(); };
  using Words = std::vector<std::string>;
  EXPECT_EQ(words("  a b\tc\r\n"), (Words{"a", "b", "c"}));
  EXPECT_EQ(words("# remark"), Words{});
  EXPECT_EQ(words("a # remark 'open"), Words{"a"});
  EXPECT_EQ(words("a#b c"), Words{"a"});
  EXPECT_EQ(words("'a b'\"c'd\"e"), Words{"a bc'de"});
  EXPECT_EQ(words(R"("a\"b\\c\d" '\')"), (Words{R"(a"b\c\d)", "\\"}));
  EXPECT_EQ(words(R"(a\ b \#c)"), (Words{"a b", "#c"}));
  EXPECT_EQ(words("'' a"), (Words{"", "a"}));
  EXPECT_EQ(shell_words("'a").error().message, "No closing quotation");
  EXPECT_EQ(shell_words("a\\").error().message, "No escaped character");
}

TEST(ReadPatternList, TakesTheFirstWordOfEachLine) {
  const std::filesystem::path path = testing::TempDir() + "/octet-list-" + std::to_string(::getpid()) + ".lst";
  ASSERT_TRUE(write_file(path, "# models\n\n'yolo *' more\r\nssd # why\nlast").ok());
  EXPECT_EQ(read_pattern_list(path).value(), (std::vector<std::string>{"yolo *", "ssd", "last"}));
  ASSERT_TRUE(write_file(path, "a\n\"b\n").ok());
  EXPECT_EQ(read_pattern_list(path).error().message, path.string() + ": line 2: No closing quotation");
  std::filesystem::remove(path);
  EXPECT_EQ(read_pattern_list(path).error().code, ErrorCode::kNotFound);
}

ZooModel named(const std::string& name, std::vector<ZooModel> stages = {}) {
  ZooModel model;
  model.name = name;
  model.stages = std::move(stages);
  return model;
}

std::vector<std::string> selected(const std::string& names) {
  const std::vector<ZooModel> models = {named("a1"), named("a2"), named("pair", {named("pair-x"), named("pair-y")})};
  std::vector<std::string> found;
  const std::vector<ZooModel> chosen = select_models(models, split_at_commas(names)).value();
  for (const ZooModel& model : chosen) found.push_back(model.name);
  return found;
}

TEST(SelectModels, KeepsTheOrderOfPatternsAndEachModelOnce) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(selected("a2,a*"), (Names{"a2", "a1"}));
  EXPECT_EQ(selected("pair"), Names{"pair"});
  EXPECT_EQ(selected("pair*"), Names{"pair"});
  EXPECT_EQ(selected("pair-y,pair"), (Names{"pair-y", "pair"}));
  EXPECT_EQ(selected("*-?"), (Names{"pair-x", "pair-y"}));
}

TEST(SelectModels, NamesThePatternThatFindsNothing) {
  const auto found = select_models({named("a")}, split_at_commas("a,"));
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(found.error().message, "No matching models: \"\"");
}

}  // namespace
}  // namespace octet
