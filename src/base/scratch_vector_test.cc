#include "base/scratch_vector.h"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"

namespace octet {
namespace {

constexpr std::uint32_t kMany = 3'000'000;  // 12 MB

ScratchVector<std::uint32_t> numbers(std::uint32_t count) {
  ScratchVector<std::uint32_t> vector;
  for (std::uint32_t i = 0; i < count; ++i) vector.push_back(i);
  return vector;
}

void expect_numbers(const ScratchVector<std::uint32_t>& vector) {
  for (std::uint32_t i = 0; i < vector.size(); ++i) ASSERT_EQ(vector[i], i);
}

// The file that the memory at this place is mapped from; empty for memory alone.
std::string file_at(const void* place) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t dash = line.find('-'), path = line.find('/');
    const std::uintptr_t begin = std::stoull(line.substr(0, dash), nullptr, 16), end = std::stoull(line.substr(dash + 1), nullptr, 16);
    const auto at = reinterpret_cast<std::uintptr_t>(place);
    if (begin <= at && at < end) return path == std::string::npos ? std::string() : line.substr(path);
  }
  return {};
}

TEST(ScratchVector, LiesInAFileWithoutANameWhereItIsLarge) {
  const ScratchFolder folder;
  ASSERT_EQ(::setenv("TMPDIR", folder.path().c_str(), 1), 0);
  const auto few = numbers(1000), many = numbers(kMany);
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
  EXPECT_EQ(file_at(few.data()), "");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  expect_numbers(few);
  expect_numbers(many);
  if (file_at(many.data()).empty()) GTEST_SKIP() << "the temporary folder is in memory";
  EXPECT_TRUE(file_at(many.data()).starts_with(folder.path().string() + "/octet-")) << file_at(many.data());
}

TEST(ScratchVector, IsAValue) {
  ScratchVector<std::uint32_t> first = numbers(kMany), second = first;
  second[0] = 7;
  EXPECT_EQ(first[0], 0u);
  first = std::move(second);
  EXPECT_EQ(first[0], 7u);
  EXPECT_EQ(ScratchVector<std::uint64_t>(kMany)[kMany - 1], 0u);
}

TEST(ScratchVector, IsInMemoryWhereNoFileCanBeMade) {
  ASSERT_EQ(::setenv("TMPDIR", "/nowhere", 1), 0);
  const auto many = numbers(kMany);
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
  EXPECT_EQ(file_at(many.data()), "");
  expect_numbers(many);
}

TEST(ScratchVector, RefusesMoreThanThereCanBe) { EXPECT_THROW(ScratchAllocator<std::uint64_t>().allocate(SIZE_MAX / 4), std::bad_alloc); }

}  // namespace
}  // namespace octet
