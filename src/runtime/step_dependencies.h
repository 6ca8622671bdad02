#pragma once

#include <cstddef>

#include "base/function_ref.h"
#include "runtime/plan_data.h"

namespace octet {

// What Session::run_with() has to know of a plan whose steps and substitutions (their slots and first steps) are there: which steps lead to
// an output, which make a substitute and which follow from its value. For before memory is laid out and after.
void find_dependent_steps(PlanData& plan);

// The first step from which on the arena's buffers that steps leading to an output read or write fit into so many bytes.
std::size_t first_kept_step(const PlanData& plan, std::size_t kept_bytes, FunctionRef<std::size_t(std::size_t buffer)> bytes_of);

// Removes the steps that no observed value is computed from. For before memory is laid out.
void drop_unobserved_steps(PlanData& plan);

}  // namespace octet
