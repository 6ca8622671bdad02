#pragma once

#include <cstdint>

namespace octet::kernels {

// What products are made of: bytes, floats, or what is rounded from floats to bfloat16 (bf16.h).
enum class Factors : std::uint8_t { kU8, kF32, kBf16 };

}  // namespace octet::kernels
