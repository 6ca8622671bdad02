#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"

namespace octet::kernels {

enum class Function : std::uint8_t {
  kSqrt,
  kAbs,
  kNegative,
  kFloor,
  kCeiling,
  kRound,
  kSign,
  kSquare,
  kLog,
  kErf,
  kSin,
  kCos,
  kGelu,
  kGeluTanh
};

// out[i] = f(in[i]); the first eight are exact or correctly rounded, the others those of the C library in single precision.
void unary_f32(Function function, std::span<const float> in, std::span<float> out, ThreadPool& pool);

}  // namespace octet::kernels
