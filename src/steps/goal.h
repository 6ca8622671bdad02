#pragma once

#include "base/result.h"
#include "steps/quantize.h"

namespace octet {

// What is said of a recipe's fidelity or drop that cannot be reached, `lost` points being lost with all layers but one in float. Figures
// are rounded to the side where they differ from what was asked.
Error goal_out_of_reach(const Recipe& recipe, double lost);

}  // namespace octet
