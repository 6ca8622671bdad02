#include "data/labels/class_hierarchy.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/scratch_folder.h"

namespace octet {
namespace {

using Json = nlohmann::json;

// The classes directly above each; none below the root. A class without others below it may stand in two places.
using Parents = std::vector<std::set<std::size_t>>;

Parents random_parents(std::mt19937& random, std::size_t classes) {
  Parents parents(classes);
  std::vector<bool> is_leaf(classes, true);
  for (std::size_t i = 1; i < classes; ++i) {
    if (random() % 4 == 0) continue;
    const std::size_t parent = random() % i;
    parents[i].insert(parent);
    is_leaf[parent] = false;
  }
  for (std::size_t i = 1; i < classes; ++i)
    if (const std::size_t other = random() % i; is_leaf[i] && !is_leaf[other]) parents[i].insert(other);
  return parents;
}

std::string name_of(std::size_t i) { return "/m/" + std::to_string(i); }

Json node_of(std::size_t i, const Parents& parents) {
  Json node{{"LabelName", name_of(i)}};
  for (std::size_t child = i + 1; child < parents.size(); ++child)
    if (parents[child].contains(i)) node["Subcategory"].push_back(node_of(child, parents));
  return node;
}

Json tree_of(const Parents& parents) {
  Json root{{"LabelName", "/m/root"}, {"Subcategory", Json::array()}};
  for (std::size_t i = 0; i < parents.size(); ++i)
    if (parents[i].empty()) root["Subcategory"].push_back(node_of(i, parents));
  return root;
}

// Parents have lower numbers: what is above them is known before.
std::vector<std::set<std::size_t>> closure_of(const Parents& parents) {
  std::vector<std::set<std::size_t>> above(parents.size());
  for (std::size_t i = 0; i < parents.size(); ++i)
    for (const std::size_t parent : parents[i]) {
      above[i].insert(parent);
      above[i].insert(above[parent].begin(), above[parent].end());
    }
  return above;
}

TEST(ClassHierarchy, HoldsWhatIsAboveAndBelowOnAnyWay) {
  std::mt19937 random(1);
  const ScratchFolder folder;
  for (std::size_t classes = 1; classes < 40; ++classes) {
    const Parents parents = random_parents(random, classes);
    folder.write("hierarchy.json", tree_of(parents).dump());
    const auto hierarchy = read_class_hierarchy(folder.path() / "hierarchy.json");
    ASSERT_TRUE(hierarchy.ok()) << hierarchy.error().message;
    ClassHierarchy expected;
    const auto above = closure_of(parents);
    for (std::size_t i = 0; i < classes; ++i) {
      expected.above[name_of(i)];
      expected.below[name_of(i)];
      for (const std::size_t other : above[i]) {
        expected.above[name_of(i)].insert(name_of(other));
        expected.below[name_of(other)].insert(name_of(i));
      }
    }
    EXPECT_EQ(hierarchy->above, expected.above);
    EXPECT_EQ(hierarchy->below, expected.below);
  }
}

}  // namespace
}  // namespace octet
