#include "model/yaml.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

// As flow YAML, without the anchors that an emitter would give to what stands in two places.
std::string text_of(const YAML::Node& node) {
  if (node.IsScalar()) return node.Scalar();
  std::string text;
  for (const auto& item : node) {
    text += text.empty() ? "" : ", ";
    text += node.IsMap() ? text_of(item.first) + ": " + text_of(item.second) : text_of(YAML::Node(item));
  }
  return node.IsMap() ? "{" + text + "}" : "[" + text + "]";
}

std::string text_of(const std::string& yaml) {
  const auto root = load_yaml(yaml);
  return root.ok() ? text_of(*root) : root.error().message;
}

// What PyYAML's safe_load() makes of the same texts, but for the order of the keys.
TEST(LoadYaml, MergesMaps) {
  EXPECT_EQ(text_of("- &a {x: 1, y: 2}\n- {<<: *a, y: 3}"), "[{x: 1, y: 2}, {y: 3, x: 1}]");
  EXPECT_EQ(text_of("- &a {x: 1}\n- &b {x: 2, z: 4}\n- {<<: [*a, *b]}"), "[{x: 1}, {x: 2, z: 4}, {x: 1, z: 4}]");
  EXPECT_EQ(text_of("- &a {x: 1}\n- &b {<<: *a, y: 2}\n- {z: {<<: *b}}"), "[{x: 1}, {y: 2, x: 1}, {z: {y: 2, x: 1}}]");
  EXPECT_EQ(text_of("{<<: {x: 1}}"), "{x: 1}");
  EXPECT_EQ(text_of("{'<<': 1, text: a << b}"), "{<<: 1, text: a << b}") << "a quoted key is text";
}

TEST(LoadYaml, MergesNothingButMaps) {
  EXPECT_EQ(text_of("a: 1\n<<: 2"), "line 2: '<<' must name a map or a list of maps");
  EXPECT_EQ(text_of("<<: [{x: 1}, 2]"), "line 1: '<<' must name a map or a list of maps");
}

TEST(LoadYaml, KeepsLinesOfWhatIsMerged) {
  const auto root = load_yaml("a: &a\n  x: 1\nb:\n  <<: *a\n  y: 2\n");
  ASSERT_TRUE(root.ok()) << root.error().message;
  EXPECT_EQ(yaml_error((*root)["b"], "").message, "line 4: ");
  EXPECT_EQ(yaml_error((*root)["b"]["x"], "").message, "line 2: ");
}

TEST(LoadYaml, RefusesWhatIsNotUtf8) {
  const auto latin = load_yaml("names:\n- caf\xE9\n- \xC3\xA9t\xC3\xA9\n");
  ASSERT_FALSE(latin.ok());
  EXPECT_EQ(latin.error().message, "line 2: is not in UTF-8, or has characters that YAML does not allow; save the file in UTF-8");
  EXPECT_TRUE(load_yaml("names: [caf\xC3\xA9]  # caf\xE9").ok());
  EXPECT_FALSE(load_yaml(std::string_view("st\x1C\0_subset_size: 300", 20)).ok());
}

TEST(LoadYaml, TakesUtf16WithItsMark) {
  using namespace std::string_view_literals;
  const auto root = load_yaml(
      "\xFF\xFE"
      "a\0:\0 \0\xE9\0"sv);
  ASSERT_TRUE(root.ok());
  EXPECT_EQ((*root)["a"].Scalar(), "\xC3\xA9");
}

TEST(LoadYaml, RefusesAMapThatMergesItself) { EXPECT_FALSE(load_yaml("&a {<<: *a}").ok()); }

}  // namespace
}  // namespace octet
