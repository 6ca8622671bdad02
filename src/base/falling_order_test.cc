#include "base/falling_order.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace octet {
namespace {

std::vector<std::uint32_t> by_comparing(const std::vector<double>& keys) {
  std::vector<std::uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::uint32_t i) { return keys[i]; });
  return order;
}

TEST(FallingOrder, IsThatOfAStableSort) {
  std::mt19937_64 random(5);
  for (const std::size_t count : {0, 1, 2, 17, 1000, 5000})
    for (const std::uint64_t values : {1, 3, 100, 1 << 30}) {
      std::vector<double> keys(count);
      for (double& key : keys) key = (static_cast<double>(random() % values) - 0.5 * static_cast<double>(values)) / 7;
      EXPECT_EQ(falling_order(keys), by_comparing(keys)) << count << " of " << values;
    }
}

TEST(FallingOrder, TakesNumbersOfAnyMagnitudeAndSign) {
  using Limits = std::numeric_limits<double>;
  const std::vector<double> keys{0.0,
                                 -0.0,
                                 1,
                                 -1,
                                 Limits::infinity(),
                                 -Limits::infinity(),
                                 Limits::min(),
                                 -Limits::min(),
                                 Limits::denorm_min(),
                                 -0.0,
                                 1e-300,
                                 -1e300,
                                 Limits::max(),
                                 0.0};
  EXPECT_EQ(falling_order(keys), by_comparing(keys));
}

}  // namespace
}  // namespace octet
