#include "steps/goal.h"

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

TEST(Goal, IsOfItsOwnKindOfError) { EXPECT_EQ(goal_out_of_reach({.max_drop = 0.5}, 2).code, ErrorCode::kRequirement); }

}  // namespace
}  // namespace octet
