#include "base/sorted_list.h"

#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"

namespace octet {
namespace {

struct Item {
  double key = 0;
  std::uint32_t place = 0;
  bool operator==(const Item&) const = default;
};

// Most keys are several items'.
std::vector<Item> random_items(std::size_t count) {
  std::mt19937 random(3);
  std::vector<Item> items(count);
  for (std::uint32_t i = 0; i < count; ++i) items[i] = {static_cast<double>(random() % 100), i};
  return items;
}

void expect_sorted(std::size_t count, std::size_t most_in_memory) {
  std::vector<Item> items = random_items(count);
  SortedList<Item, &Item::key> list(most_in_memory);
  for (const Item& item : items) list.add(item);
  list.sort();
  EXPECT_EQ(list.size(), count);
  std::vector<Item> sorted;
  list.for_each_block([&](std::span<const Item> block) { sorted.insert(sorted.end(), block.begin(), block.end()); });
  std::ranges::stable_sort(items, std::ranges::greater(), &Item::key);
  EXPECT_TRUE(sorted == items);
}

void expect_sorted() {
  for (const std::size_t most_in_memory : {1, 3, 64, 1000}) {
    SCOPED_TRACE(most_in_memory);
    for (const std::size_t count : {0, 1, 63, 64, 65, 300}) expect_sorted(count, most_in_memory);
  }
  expect_sorted(40'000, 1000);
}

TEST(SortedList, IsByFallingKeyAndOtherwiseInItsOrder) { expect_sorted(); }

TEST(SortedList, LiesInAFileWithoutAName) {
  const ScratchFolder folder;
  ASSERT_EQ(::setenv("TMPDIR", folder.path().c_str(), 1), 0);
  expect_sorted();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
}

TEST(SortedList, StaysInMemoryWhereNoFileCanBeMade) {
  ASSERT_EQ(::setenv("TMPDIR", "/nowhere", 1), 0);
  expect_sorted();
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
}

}  // namespace
}  // namespace octet
