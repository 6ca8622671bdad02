#include "base/spilled_lists.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"

namespace octet {
namespace {

struct Item {
  std::uint32_t list = 0, place = 0;
  double weight = 0;
};

constexpr std::size_t kLists = 5;

// As many as the list's number squared, times 1,000; in turn, so that blocks of different lists follow one another.
SpilledLists<Item> lists_of_many() {
  SpilledLists<Item> lists(kLists);
  for (std::uint32_t place = 0; place < 16'000; ++place)
    for (std::uint32_t list = 0; list < kLists; ++list)
      if (place < list * list * 1000) lists.add(list, {list, place, 0.5});
  return lists;
}

void expect_all(const SpilledLists<Item>& lists) {
  for (std::uint32_t list = 0; list < kLists; ++list) {
    const std::vector<Item> items = lists[list];
    ASSERT_EQ(items.size(), list * list * 1000);
    ASSERT_EQ(lists.count(list), items.size());
    for (std::uint32_t place = 0; place < items.size(); ++place) {
      ASSERT_EQ(items[place].list, list);
      ASSERT_EQ(items[place].place, place);
    }
  }
}

TEST(SpilledLists, GiveBackWhatWasAdded) { expect_all(lists_of_many()); }

TEST(SpilledLists, LieInAFileWithoutAName) {
  const ScratchFolder folder;
  ASSERT_EQ(::setenv("TMPDIR", folder.path().c_str(), 1), 0);
  const SpilledLists<Item> lists = lists_of_many();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  expect_all(lists);
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
}

TEST(SpilledLists, StayInMemoryWhereNoFileCanBeMade) {
  ASSERT_EQ(::setenv("TMPDIR", "/nowhere", 1), 0);
  expect_all(lists_of_many());
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
}

TEST(SpilledLists, AppendBehindWhatIsThere) {
  const SpilledLists<Item> lists = lists_of_many();
  std::vector<Item> items = lists[1];
  lists.append_to(items, 2);
  ASSERT_EQ(items.size(), 5000);
  EXPECT_EQ(items[999].list, 1U);
  EXPECT_EQ(items[1000].list, 2U);
  EXPECT_EQ(items[4999].place, 3999U);
}

}  // namespace
}  // namespace octet
