#pragma once

#include <span>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "kernels/tensor/rows.h"

namespace octet::kernels {

// exp(x - max) over their sum, along the middle axis: the same bits at every level. Kernels sum in floats; a share below 1e-37 may be given
// as 0. A NaN makes NaN of all that it is summed with.
void softmax_f32(const RowsOf& rows, std::span<const float> in, std::span<float> out, const Isa& isa, ThreadPool& pool);

// The plain definition, in double.
void softmax_f32_ref(const RowsOf& rows, std::span<const float> in, std::span<float> out);

}  // namespace octet::kernels
