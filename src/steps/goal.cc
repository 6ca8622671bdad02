#include "steps/goal.h"

#include <cmath>

#include <fmt/format.h>

namespace octet {
namespace {

// To two decimals, away from the goal.
double rounded_up(double lost) { return std::ceil(lost * 100) / 100; }

}  // namespace

Error goal_out_of_reach(const Recipe& recipe, double lost) {
  if (recipe.max_drop)
    return {ErrorCode::kRequirement,
            fmt::format("a drop of {} points of AP cannot be reached: {:.2f} are lost with all layers but one in float", *recipe.max_drop,
                        rounded_up(lost))};
  return {ErrorCode::kRequirement,
          fmt::format("fidelity AP {} cannot be reached: {:.2f} is what the model has with all layers but one in float",
                      *recipe.min_fidelity, 100 - rounded_up(lost))};
}

}  // namespace octet
