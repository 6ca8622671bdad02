#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "base/result.h"
#include "steps/quantize.h"

namespace octet {

// Whether a recipe's fidelity or drop is reached where `lost` points are lost.
bool is_reached(const Recipe& recipe, double lost);

// What is said of a recipe's fidelity or drop that cannot be reached, `lost` points being lost with all layers but one in float. Figures
// are rounded to the side where they differ from what was asked.
Error goal_out_of_reach(const Recipe& recipe, double lost);

// Few layers in float, up to `most`, that reach a goal; none where `most` do not. `reaches` is asked once for a number, which it measures.
// From none up by doubling to the first that does, then by halves down to the last that did not: as what is lost falls with each layer but
// for chance, the first ones gain the most, and a goal near the flat part of the curve is reached or missed there by chance. One of all
// numbers in their middle that misses it would keep all that are cheaper from being asked for.
Result<std::optional<std::size_t>> few_layers_for(std::size_t most, const std::function<Result<bool>(std::size_t layers)>& reaches);

}  // namespace octet
