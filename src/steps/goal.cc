#include "steps/goal.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "boxes/points.h"

namespace octet {
namespace {

// To two decimals, away from the goal.
double rounded_up(double lost) { return std::ceil(lost * 100) / 100; }

}  // namespace

bool is_reached(const Recipe& recipe, double lost) {
  return recipe.max_drop ? is_at_most(lost, *recipe.max_drop) : is_at_least(100 - lost, *recipe.min_fidelity);
}

Error goal_out_of_reach(const Recipe& recipe, double lost) {
  if (recipe.max_drop)
    return {ErrorCode::kRequirement,
            fmt::format("a drop of {} points of AP cannot be reached: {:.2f} are lost with all layers but one in float", *recipe.max_drop,
                        rounded_up(lost))};
  return {ErrorCode::kRequirement,
          fmt::format("fidelity AP {} cannot be reached: {:.2f} is what the model has with all layers but one in float",
                      *recipe.min_fidelity, 100 - rounded_up(lost))};
}

Result<std::optional<std::size_t>> few_layers_for(std::size_t most, const std::function<Result<bool>(std::size_t layers)>& reaches) {
  std::size_t misses = 0, holds = 0;
  for (;;) {
    OCTET_ASSIGN(const bool is_reached, reaches(holds));
    if (is_reached) break;
    if (holds == most) return std::optional<std::size_t>();
    misses = holds;
    holds = std::min(most, std::max<std::size_t>(1, 2 * holds));
  }
  while (holds > misses + 1) {
    const std::size_t middle = misses + (holds - misses) / 2;
    OCTET_ASSIGN(const bool is_reached, reaches(middle));
    (is_reached ? holds : misses) = middle;
  }
  return std::optional(holds);
}

}  // namespace octet
