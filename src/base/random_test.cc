#include "base/random.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

// With remainders by division.
std::uint64_t expected_below(std::mt19937_64& random, std::uint64_t count) {
  const std::uint64_t unbiased = random.max() - random.max() % count;
  std::uint64_t value = random();
  while (value >= unbiased) value = random();
  return value % count;
}

TEST(UniformBelow, IsTheRemainder) {
  std::mt19937_64 counts(1);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t count = i < 100 ? static_cast<std::uint64_t>(i) + 1 : 1 + (counts() >> (1 + counts() % 63));
    std::mt19937_64 random(static_cast<std::uint64_t>(i)), other = random;
    const UniformBelow below(count);
    for (int n = 0; n < 20; ++n) ASSERT_EQ(below(random), expected_below(other, count)) << count;
  }
}

}  // namespace
}  // namespace octet
