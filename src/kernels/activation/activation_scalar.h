#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/activation/activation.h"

// The activations for one value a step: the definition that the vector levels repeat.
namespace octet::kernels::scalar {

#define OCTET_FORMULA inline

using Vec = float;
using Bits = std::int32_t;

OCTET_FORMULA Vec set(float value) { return value; }
OCTET_FORMULA Bits bits_of(Vec x) { return std::bit_cast<Bits>(x); }
OCTET_FORMULA Vec float_of(Bits x) { return std::bit_cast<Vec>(x); }
OCTET_FORMULA Vec add(Vec x, Vec y) { return x + y; }
OCTET_FORMULA Vec mul(Vec x, Vec y) { return x * y; }
OCTET_FORMULA Vec fma(Vec x, Vec y, Vec z) { return std::fma(x, y, z); }
OCTET_FORMULA Vec div(Vec x, Vec y) { return x / y; }
OCTET_FORMULA Vec round_even(Vec x) { return std::nearbyint(x); }
OCTET_FORMULA Vec min(Vec x, Vec y) { return x < y ? x : y; }
OCTET_FORMULA Vec max(Vec x, Vec y) { return x > y ? x : y; }
OCTET_FORMULA bool less(Vec x, Vec y) { return x < y; }
OCTET_FORMULA bool is_nan(Vec x) { return x != x; }
OCTET_FORMULA Vec select(bool condition, Vec yes, Vec no) { return condition ? yes : no; }
OCTET_FORMULA Bits to_int(Vec x) { return x > -1000.0f && x < 1000.0f ? static_cast<Bits>(x) : 0; }
template <int kCount>
OCTET_FORMULA Bits shift_left(Bits x) {
  return static_cast<Bits>(static_cast<std::uint32_t>(x) << kCount);
}
template <int kCount>
OCTET_FORMULA Bits shift_right(Bits x) {
  return x >> kCount;
}
OCTET_FORMULA Bits add_bits(Bits x, std::int32_t y) { return x + y; }
OCTET_FORMULA Bits subtract_bits(Bits x, Bits y) { return x - y; }
OCTET_FORMULA Vec abs(Vec x) { return std::fabs(x); }
OCTET_FORMULA Vec negate(Vec x) { return -x; }
OCTET_FORMULA Vec copy_sign(Vec magnitude, Vec sign) { return std::copysign(magnitude, sign); }

#include "kernels/activation/activation_formulas.inl"

#undef OCTET_FORMULA

}  // namespace octet::kernels::scalar
