#include "base/exact_sum.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace octet {
namespace {

double sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum.value();
}

TEST(ExactSum, LosesNothing) {
  EXPECT_EQ(sum_of({}), 0);
  EXPECT_EQ(sum_of({1e70, 1, -1e70}), 1);
  EXPECT_EQ(sum_of({0x1p-298, 0x1p255, -0x1p255}), 0x1p-298);
  EXPECT_EQ(sum_of({0.1, 0.2, 0.3}), 0.6);  // and not 0.6000000000000001
  EXPECT_EQ(sum_of({-1, 0x1p-200}), -1);
  const double greatest = std::numeric_limits<float>::max(), least = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(sum_of({greatest * greatest, least * least, -greatest * greatest}), least * least);
}

TEST(ExactSum, RoundsToTheNearestAndHalvesToEven) {
  EXPECT_EQ(sum_of({1, 0x1p-53}), 1);
  EXPECT_EQ(sum_of({1, 0x1p-53, 0x1p-250}), 1 + 0x1p-52);
  EXPECT_EQ(sum_of({1 + 0x1p-52, 0x1p-53}), 1 + 0x1p-51);
  EXPECT_EQ(sum_of({-1, -0x1p-53, -0x1p-250}), -1 - 0x1p-52);
}

RC_GTEST_PROP(ExactSum, DependsNeitherOnOrderNorOnShares, (const std::vector<std::int32_t>& numbers, std::uint32_t seed)) {
  std::mt19937 random(seed);
  std::vector<double> values;
  for (const std::int32_t number : numbers) {
    const auto value = static_cast<float>(std::ldexp(number, static_cast<int>(random() % 120) - 60));
    values.push_back(random() % 2 == 0 ? value : static_cast<double>(value) * static_cast<double>(value));
  }
  const double whole = sum_of(values);
  std::shuffle(values.begin(), values.end(), random);
  RC_ASSERT(sum_of(values) == whole);
  ExactSum parts[3], all;
  for (std::size_t i = 0; i < values.size(); ++i) parts[random() % 3].add(values[i]);
  for (const ExactSum& part : parts) all.add(part);
  RC_ASSERT(all.value() == whole);

  ByteWriter written;
  all.write(written);
  const std::string bytes = written.take();
  ByteReader reader(bytes_of(bytes));
  RC_ASSERT(ExactSum::read(reader) == all);
  RC_ASSERT(reader.at_end());
}

// Integers below 2^62 have exact sums in 64 bits as well.
RC_GTEST_PROP(ExactSum, EqualsTheSumOfIntegers, (const std::vector<std::int32_t>& numbers)) {
  std::int64_t expected = 0;
  ExactSum sum;
  for (const std::int32_t number : numbers) {
    sum.add(number);
    expected += number;
  }
  RC_ASSERT(sum.value() == static_cast<double>(expected));
}

TEST(ExactSum, RefusesOtherBytes) {
  for (const std::string& bytes : {std::string(), std::string("\0\x0c", 2), std::string("\x0b\x01", 2), std::string("\0\x02\0\0\0\0", 6)}) {
    ByteReader reader(bytes_of(bytes));
    EXPECT_EQ(ExactSum::read(reader).value(), 0);
    EXPECT_FALSE(reader.ok());
  }
}

}  // namespace
}  // namespace octet
