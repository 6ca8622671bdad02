#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"

namespace octet::kernels {

// A dense tensor [outer, length, inner] of floats, of which elements along the middle axis belong together.
struct RowsOf {
  std::int64_t outer = 1, length = 1, inner = 1;
};

enum class Reduction : std::uint8_t { kMean, kSum, kMax, kMin, kL1, kL2 };

// Along the middle axis, to [outer, inner]. Sums in double.
void reduce_f32(Reduction reduction, const RowsOf& rows, std::span<const float> in, std::span<float> out, ThreadPool& pool);

}  // namespace octet::kernels
