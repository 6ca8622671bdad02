#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/activation/activation.h"
#include "kernels/target.h"

// The activations for one value a step: the definition that the vector levels repeat.
namespace octet::kernels::scalar {

#define OCTET_TARGET

using Vec = float;
using Ints = std::int32_t;

OCTET_OP Vec set(float value) { return value; }
OCTET_OP Vec float_of(Ints x) { return std::bit_cast<Vec>(x); }
OCTET_OP Ints bits_of(Vec x) { return std::bit_cast<Ints>(x); }
OCTET_OP Vec add(Vec x, Vec y) { return x + y; }
OCTET_OP Vec sub(Vec x, Vec y) { return x - y; }
OCTET_OP Vec mul(Vec x, Vec y) { return x * y; }
OCTET_OP Vec fma(Vec x, Vec y, Vec z) { return std::fma(x, y, z); }
OCTET_OP Vec div(Vec x, Vec y) { return x / y; }
OCTET_OP Vec round_even(Vec x) { return std::nearbyint(x); }
OCTET_OP Vec min(Vec x, Vec y) { return x < y ? x : y; }
OCTET_OP Vec max(Vec x, Vec y) { return x > y ? x : y; }
OCTET_OP bool less(Vec x, Vec y) { return x < y; }
OCTET_OP bool is_nan(Vec x) { return x != x; }
OCTET_OP Vec select(bool condition, Vec yes, Vec no) { return condition ? yes : no; }
OCTET_OP Ints to_int(Vec x) { return x > -1000.0f && x < 1000.0f ? static_cast<Ints>(x) : 0; }
template <int kCount>
OCTET_OP Ints shift_left(Ints x) {
  return static_cast<Ints>(static_cast<std::uint32_t>(x) << kCount);
}
template <int kCount>
OCTET_OP Ints shift_right(Ints x) {
  return x >> kCount;
}
OCTET_OP Ints set_ints(std::int32_t value) { return value; }
OCTET_OP Ints add_ints(Ints x, Ints y) { return static_cast<Ints>(static_cast<std::uint32_t>(x) + static_cast<std::uint32_t>(y)); }
OCTET_OP Ints subtract_ints(Ints x, Ints y) { return x - y; }
OCTET_OP Vec abs(Vec x) { return std::fabs(x); }
OCTET_OP Vec negate(Vec x) { return -x; }
OCTET_OP Vec copy_sign(Vec magnitude, Vec sign) { return std::copysign(magnitude, sign); }

#include "kernels/activation/activation_formulas.inl"

#undef OCTET_TARGET

}  // namespace octet::kernels::scalar
