#pragma once

#include <map>

#include "runtime/selection.h"

namespace octet {

// Where a value lies inside another one, so that nothing has to be copied.
struct Placement {
  Value base;
  std::int64_t element_offset = 0;
};

// Finds the values that are parts of others: channel slices and reshapes lie inside their input, what is concatenated is
// written into its place in the result. A value is placed at most once; whatever cannot be is copied by a step. What may
// share memory is said by the match of each node (Sharing).
std::map<Value, Placement> place_values(const Graph& graph, const Selection& selection);

}  // namespace octet
