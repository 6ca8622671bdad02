// The tests as text: each states what it expects. A test without an assertion passes whatever octet does.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace octet {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = OCTET_SOURCE_DIR;

struct Body {
  std::string name, text;
};

// The text from the brace at `open` to the one that closes it. Braces in strings would mislead it; tests keep theirs in pairs.
std::string braced(const std::string& text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return text.substr(open, i + 1 - open);
  }
  return text.substr(open);
}

// What `heading` matches, with its first group as name and the braces behind it.
std::vector<Body> bodies(const std::string& text, const std::regex& heading) {
  std::vector<Body> found;
  for (std::sregex_iterator match(text.begin(), text.end(), heading), end; match != end; ++match)
    found.push_back({(*match)[1], braced(text, static_cast<std::size_t>(match->position() + match->length() - 1))});
  return found;
}

std::vector<Body> tests_of(const std::string& text) {
  static const std::regex kTest(
      R"re((?:^|\n)(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(([^;{]*)\)\s*\{)re");
  return bodies(text, kTest);
}

// Functions, templates and lambdas whose name says that they assert.
std::vector<Body> helpers_of(const std::string& text) {
  static const std::regex kHelper(R"re((?:void|bool|auto) (expect_\w+)(?:\([^;{]*\)|\s*=\s*\[[^\]]*\]\s*\([^;{]*\))\s*(?:const\s*)?\{)re");
  return bodies(text, kHelper);
}

// By a macro of GoogleTest or RapidCheck, or by a helper whose name says so: expect_... or fail.
bool asserts(const Body& body) {
  static const std::regex kAssertion(
      R"re(\b(?:(?:EXPECT|ASSERT|RC_ASSERT|RC_SUCCEED|RC_FAIL)(?:_\w+)?\(|ADD_FAILURE|FAIL\(\)|fail\(|expect_\w+[<(]))re");
  return std::regex_search(body.text, kAssertion);
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Tests, and the headers that they share.
std::vector<fs::path> test_sources() {
  std::vector<fs::path> paths;
  for (const char* folder : {"src", "tests"})
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with("_test.cc") || (entry.path().extension() == ".h" && content_of(entry.path()).find("gtest") != std::string::npos))
        paths.push_back(entry.path());
    }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(Assertions, AreMissedInATestWithoutAny) {
  const auto tests = tests_of(
      "TEST(A, B) { if (x) { f(); } }\nTEST_F(C,\n  D) {\n  EXPECT_EQ(1, 1);\n}\nRC_GTEST_PROP(E, F, (int x)) { RC_ASSERT(x); }\n");
  ASSERT_EQ(tests.size(), 3u);
  EXPECT_EQ(tests[0].name, "A, B");
  EXPECT_FALSE(asserts(tests[0]));
  EXPECT_TRUE(asserts(tests[1]));
  EXPECT_TRUE(asserts(tests[2]));
}

TEST(Assertions, AreMissedInAHelperThatOnlySaysSo) {
  // Put together here, so that this file does not hold what it looks for.
  const auto helpers = helpers_of(
      "vo"
      "id expect_a(int x) { f(x); }\nconst aut"
      "o expect_b = [&](int x) {\n EXPECT_EQ(x, 1); };\n void f() { expect_a(1); }");
  ASSERT_EQ(helpers.size(), 2u);
  EXPECT_FALSE(asserts(helpers[0]));
  EXPECT_TRUE(asserts(helpers[1]));
}

TEST(Assertions, AreInEveryTest) {
  std::size_t tests = 0;
  for (const fs::path& path : test_sources()) {
    const std::string text = content_of(path), file = fs::relative(path, kRoot).string();
    for (const Body& test : tests_of(text)) {
      ++tests;
      EXPECT_TRUE(asserts(test)) << file << ": (" << test.name << ") expects nothing; helpers that assert are named expect_...";
    }
    for (const Body& helper : helpers_of(text)) EXPECT_TRUE(asserts(helper)) << file << ": " << helper.name << " expects nothing";
  }
  EXPECT_GE(tests, 700u) << "the tests are not read as they are written";
}

}  // namespace
}  // namespace octet
