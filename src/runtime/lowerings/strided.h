#pragma once

#include "kernels/tensor/strided.h"
#include "runtime/builder.h"

namespace octet {

// The copy that makes a dense tensor of `sizes`, for an element type.
kernels::StridedCopy strided_copy_of(const Shape& sizes, const std::vector<std::int64_t>& strides, std::int64_t first, ElementType type);

// Adds a step that fills one planar slot out of another.
void add_strided_step(PlanBuilder& builder, StepInfo info, SlotId from, SlotId to, kernels::StridedCopy copy);

}  // namespace octet
