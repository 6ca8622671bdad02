#pragma once

#include <cstddef>
#include <vector>

#include "runtime/plan.h"

namespace octet {

// A tensor that one part of a plan makes and another takes. Parts are counted through: the inputs, then the steps, then the outputs.
struct PlanEdge {
  std::size_t from = 0, to = 0;
  std::size_t output = 0;  // which of the tensors that `from` makes
  TensorType type;         // as it lies in memory: kU8 for quantized values and for pictures that are given as bytes
};

// Who takes what from whom, by rising `to`, and for each in the order in which it reads. What a step reads as a whole, of which several
// wrote a part, as concatenations do, is an edge from each of these.
std::vector<PlanEdge> edges_of(const Plan& plan);

}  // namespace octet
