#include "kernels/selftest.h"

#include <set>

#include <gtest/gtest.h>

namespace octet::kernels {
namespace {

TEST(Selftest, PassesEveryKernelAtEveryLevel) {
  const auto results = run_selftest(10, 7);
  std::set<Isa> levels;
  for (const SelftestResult& result : results) {
    EXPECT_EQ(result.failures, 0) << result.kernel << " at " << name_of(result.isa) << ", difference " << result.greatest_difference;
    EXPECT_EQ(result.cases, 10);
    levels.insert(result.isa);
  }
  EXPECT_EQ(levels.size(), available_isas().size());
}

TEST(Selftest, DrawsTheSameCasesFromTheSameSeed) {
  const auto first = run_selftest(3, 11), second = run_selftest(3, 11);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].greatest_difference, second[i].greatest_difference) << first[i].kernel;
}

}  // namespace
}  // namespace octet::kernels
