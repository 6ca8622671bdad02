#pragma once

#include "kernels/activation/activation.h"
#include "kernels/x86/vec_avx512.h"

// The activations for sixteen values a step, bit for bit those of activation_scalar.h.
namespace octet::kernels::avx512 {

#define OCTET_TARGET OCTET_AVX512
#define OCTET_FORMULA OCTET_OP

using Bits = Ints;
OCTET_FORMULA Bits add_bits(Bits x, std::int32_t y) { return add_ints(x, set_ints(y)); }
OCTET_FORMULA Bits subtract_bits(Bits x, Bits y) { return subtract_ints(x, y); }

#include "kernels/activation/activation_formulas.inl"

#undef OCTET_FORMULA
#undef OCTET_TARGET

}  // namespace octet::kernels::avx512
