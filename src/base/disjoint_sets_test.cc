#include "base/disjoint_sets.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

DisjointSets numbers(std::size_t count) {
  DisjointSets sets;
  while (sets.size() < count) sets.add();
  return sets;
}

TEST(DisjointSets, BeginWithOneNumberEach) { EXPECT_EQ(numbers(3).roots(), (std::vector<std::size_t>{0, 1, 2})); }

TEST(DisjointSets, HaveTheSmallestMemberAsRoot) {
  DisjointSets sets = numbers(6);
  sets.unite(5, 3);
  sets.unite(1, 4);
  sets.unite(4, 5);
  EXPECT_EQ(sets.roots(), (std::vector<std::size_t>{0, 1, 2, 1, 1, 1}));
}

TEST(DisjointSets, StayAsTheyAreWhereOneIsUnitedWithItself) {
  DisjointSets sets = numbers(2);
  sets.unite(1, 1);
  EXPECT_EQ(sets.roots(), (std::vector<std::size_t>{0, 1}));
}

}  // namespace
}  // namespace octet
