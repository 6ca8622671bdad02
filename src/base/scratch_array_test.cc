#include "base/scratch_array.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"

namespace octet {
namespace {

constexpr std::uint32_t kMany = 3'000'000;  // 12 MB

ScratchArray<std::uint32_t> numbers() {
  ScratchArray<std::uint32_t> array;
  for (std::uint32_t i = 0; i < kMany; ++i) array.add(i);
  array.finish();
  return array;
}

void expect_all(const ScratchArray<std::uint32_t>& array) {
  ASSERT_EQ(array.size(), kMany);
  for (int round = 0; round < 2; ++round) {
    const auto items = array.items(5, kMany - 5);
    for (std::uint32_t i = 5; i < kMany; ++i) ASSERT_EQ(items[i - 5], i);
    array.release(items);
  }
}

TEST(ScratchArray, GivesBackWhatWasAdded) { expect_all(numbers()); }

TEST(ScratchArray, LiesInAFileWithoutAName) {
  const ScratchFolder folder;
  ASSERT_EQ(::setenv("TMPDIR", folder.path().c_str(), 1), 0);
  const ScratchArray<std::uint32_t> array = numbers();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  expect_all(array);
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
}

TEST(ScratchArray, StaysInMemoryWhereNoFileCanBeMade) {
  ASSERT_EQ(::setenv("TMPDIR", "/nowhere", 1), 0);
  expect_all(numbers());
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
}

TEST(ScratchArray, IsCutWhereItIsStillInMemory) {
  ScratchArray<int> array;
  for (int i = 0; i < 10; ++i) array.add(i);
  array.cut(4);
  array.add(40);
  array.finish();
  const auto items = array.items(0, 5);
  EXPECT_EQ(std::vector(items.begin(), items.end()), (std::vector{0, 1, 2, 3, 40}));
}

}  // namespace
}  // namespace octet
