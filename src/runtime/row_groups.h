#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/plan_data.h"

namespace octet {

// The steps of a plan that are run strip by strip, found before memory is laid out, as a slot's index still names its buffer. `cache_bytes`
// is the second cache of a core: what lies between two steps is to stay in it. Decided by sizes alone.
std::vector<RowGroup> find_row_groups(const PlanData& plan, std::int64_t cache_bytes);

// What a strip of the last step's output asks of each step of a group: the rows of its output that are `needed`, and those of them that it
// has to compute, as it has made `made` for the strips before. All of them one for each step.
void rows_of_strip(const PlanData& plan, const RowGroup& group, Rows strip, std::span<const Rows> made, std::span<Rows> needed,
                   std::span<Rows> fresh);

}  // namespace octet
