#pragma once

#include <cstdint>
#include <span>

#include "kernels/tensor/strided.h"

namespace octet::kernels {

enum class Arithmetic : std::uint8_t { kAdd, kSubtract, kMultiply, kDivide, kMaximum, kMinimum, kSquaredDifference };

// out = a (op) b for floats, element by element of the walk: one correctly rounded operation each, so the same bits everywhere. Two
// NaN, or what std::max and std::min make of one, are those of the graph's definition.
void binary_f32(Arithmetic op, const Walk<2>& walk, std::span<const float> a, std::span<const float> b, std::span<float> out,
                ThreadPool& pool);

}  // namespace octet::kernels
