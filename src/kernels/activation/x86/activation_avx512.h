#pragma once

#include <cstdint>

#include "base/cpu.h"
#include "kernels/x86/intrinsics.h"
#include "kernels/activation/activation.h"

// The activations for sixteen values a step, bit for bit those of activation_scalar.h.
namespace octet::kernels::avx512 {

#define OCTET_FORMULA OCTET_AVX512 __attribute__((always_inline)) inline

using Vec = __m512;
using Bits = __m512i;

OCTET_FORMULA Vec set(float value) { return _mm512_set1_ps(value); }
OCTET_FORMULA Bits bits_of(Vec x) { return _mm512_castps_si512(x); }
OCTET_FORMULA Vec float_of(Bits x) { return _mm512_castsi512_ps(x); }
OCTET_FORMULA Vec add(Vec x, Vec y) { return _mm512_add_ps(x, y); }
OCTET_FORMULA Vec mul(Vec x, Vec y) { return _mm512_mul_ps(x, y); }
OCTET_FORMULA Vec fma(Vec x, Vec y, Vec z) { return _mm512_fmadd_ps(x, y, z); }
OCTET_FORMULA Vec div(Vec x, Vec y) { return _mm512_div_ps(x, y); }
OCTET_FORMULA Vec round_even(Vec x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
OCTET_FORMULA Vec min(Vec x, Vec y) { return _mm512_min_ps(x, y); }
OCTET_FORMULA Vec max(Vec x, Vec y) { return _mm512_max_ps(x, y); }
OCTET_FORMULA __mmask16 less(Vec x, Vec y) { return _mm512_cmp_ps_mask(x, y, _CMP_LT_OQ); }
OCTET_FORMULA __mmask16 is_nan(Vec x) { return _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q); }
OCTET_FORMULA Vec select(__mmask16 condition, Vec yes, Vec no) { return _mm512_mask_mov_ps(no, condition, yes); }
OCTET_FORMULA Bits to_int(Vec x) { return _mm512_cvtps_epi32(x); }
template <int kCount>
OCTET_FORMULA Bits shift_left(Bits x) {
  return _mm512_slli_epi32(x, kCount);
}
template <int kCount>
OCTET_FORMULA Bits shift_right(Bits x) {
  return _mm512_srai_epi32(x, kCount);
}
OCTET_FORMULA Bits add_bits(Bits x, std::int32_t y) { return _mm512_add_epi32(x, _mm512_set1_epi32(y)); }
OCTET_FORMULA Bits subtract_bits(Bits x, Bits y) { return _mm512_sub_epi32(x, y); }
OCTET_FORMULA Vec abs(Vec x) { return _mm512_andnot_ps(set(-0.0f), x); }
OCTET_FORMULA Vec negate(Vec x) { return _mm512_xor_ps(set(-0.0f), x); }
OCTET_FORMULA Vec copy_sign(Vec magnitude, Vec sign) { return _mm512_or_ps(abs(magnitude), _mm512_and_ps(set(-0.0f), sign)); }

#include "kernels/activation/activation_formulas.inl"

#undef OCTET_FORMULA

}  // namespace octet::kernels::avx512
