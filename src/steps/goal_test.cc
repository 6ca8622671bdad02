#include "steps/goal.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace octet {
namespace {

TEST(Goal, IsNotWhatIsReachedInstead) {
  EXPECT_EQ(goal_out_of_reach({.min_fidelity = 100}, 0.0004).message,
            "fidelity AP 100 cannot be reached: 99.99 is what the model has with all layers but one in float");
  EXPECT_EQ(goal_out_of_reach({.min_fidelity = 99.5}, 0.501).message,
            "fidelity AP 99.5 cannot be reached: 99.49 is what the model has with all layers but one in float");
  EXPECT_EQ(goal_out_of_reach({.max_drop = 0}, 0.001).message,
            "a drop of 0 points of AP cannot be reached: 0.01 are lost with all layers but one in float");
}

TEST(Goal, IsReachedWhereNothingIsLost) {
  constexpr double kAllFound = 100 * (1 - 0x1p-52);  // as COCO reckons
  EXPECT_TRUE(is_reached({.min_fidelity = 100}, 100 - kAllFound));
  EXPECT_TRUE(is_reached({.max_drop = 0}, 100 - kAllFound));
  EXPECT_FALSE(is_reached({.min_fidelity = 100}, 0.001));
  EXPECT_FALSE(is_reached({.max_drop = 0}, 0.001));
}

TEST(Goal, IsOfItsOwnKindOfError) { EXPECT_EQ(goal_out_of_reach({.max_drop = 0.5}, 2).code, ErrorCode::kRequirement); }

class FewLayersFor : public testing::Test {
 protected:
  // By the loss of each number of layers, of which none is measured twice.
  Result<std::optional<std::size_t>> few(const std::vector<double>& lost, double allowed) {
    asked_.clear();
    return few_layers_for(lost.size() - 1, [&, allowed](std::size_t layers) -> Result<bool> {
      EXPECT_TRUE(asked_.insert(layers).second) << layers;
      return lost.at(layers) <= allowed;
    });
  }

  std::set<std::size_t> asked_;
};

TEST_F(FewLayersFor, AreTheFewestWhereTheLossFalls) {
  for (std::size_t most = 0; most < 20; ++most)
    for (std::size_t enough = 0; enough <= most; ++enough) {
      std::vector<double> lost;
      for (std::size_t layers = 0; layers <= most; ++layers) lost.push_back(static_cast<double>(most - layers));
      const auto found = few(lost, static_cast<double>(most - enough));
      ASSERT_TRUE(found.ok());
      EXPECT_EQ(*found, enough) << "of " << most;
    }
}

// Three of a hundred gain nearly all, and the rest of the curve is as chance has it.
TEST_F(FewLayersFor, AreNotMissedWhereTheMiddleFallsShort) {
  std::vector<double> lost(100, 1.9);
  lost[0] = lost[1] = lost[2] = 5;
  for (const std::size_t unlucky : {24, 49, 50, 74, 98}) lost[unlucky] = 2.1;
  const auto found = few(lost, 2);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, 3U);
  EXPECT_EQ(asked_, (std::set<std::size_t>{0, 1, 2, 3, 4}));
}

TEST_F(FewLayersFor, AreNoneWhereAllFallShort) {
  const auto found = few({5, 4, 3, 2}, 1);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, std::nullopt);
  EXPECT_TRUE(asked_.contains(3));
}

TEST_F(FewLayersFor, PassesOnWhatFails) {
  const auto fails = [](std::size_t layers) -> Result<bool> { return layers < 2 ? Result<bool>(false) : Error{ErrorCode::kIo, "ended"}; };
  const auto found = few_layers_for(9, fails);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace octet
