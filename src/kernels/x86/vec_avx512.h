#pragma once

#include <cstdint>

#include "kernels/x86/intrinsics.h"

// Sixteen 32-bit values a vector: see vec_avx2.h.
namespace octet::kernels::avx512 {

#define OCTET_TARGET OCTET_AVX512

using Vec = __m512;
using Ints = __m512i;
using Half = __m256i;
inline constexpr int kLanes = 16;

OCTET_OP __mmask16 first_lanes(std::int64_t count) { return static_cast<__mmask16>((1u << count) - 1); }

OCTET_OP Vec set(float value) { return _mm512_set1_ps(value); }
OCTET_OP Vec load(const float* from) { return _mm512_loadu_ps(from); }
OCTET_OP Vec load_first(const float* from, std::int64_t count, Vec rest) { return _mm512_mask_loadu_ps(rest, first_lanes(count), from); }
OCTET_OP void store(float* to, Vec x) { _mm512_storeu_ps(to, x); }
OCTET_OP void store_first(float* to, Vec x, std::int64_t count) { _mm512_mask_storeu_ps(to, first_lanes(count), x); }

OCTET_OP Vec add(Vec x, Vec y) { return _mm512_add_ps(x, y); }
OCTET_OP Vec sub(Vec x, Vec y) { return _mm512_sub_ps(x, y); }
OCTET_OP Vec mul(Vec x, Vec y) { return _mm512_mul_ps(x, y); }
OCTET_OP Vec fma(Vec x, Vec y, Vec z) { return _mm512_fmadd_ps(x, y, z); }
OCTET_OP Vec div(Vec x, Vec y) { return _mm512_div_ps(x, y); }
OCTET_OP Vec round_even(Vec x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
OCTET_OP Vec min(Vec x, Vec y) { return _mm512_min_ps(x, y); }
OCTET_OP Vec max(Vec x, Vec y) { return _mm512_max_ps(x, y); }
OCTET_OP float sum_of(Vec x) {
  const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
  __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  quarter = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
  return _mm_cvtss_f32(_mm_add_ss(quarter, _mm_movehdup_ps(quarter)));
}
OCTET_OP float greatest_of(Vec x) { return _mm512_reduce_max_ps(x); }
OCTET_OP __mmask16 less(Vec x, Vec y) { return _mm512_cmp_ps_mask(x, y, _CMP_LT_OQ); }
OCTET_OP __mmask16 is_nan(Vec x) { return _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q); }
OCTET_OP Vec select(__mmask16 condition, Vec yes, Vec no) { return _mm512_mask_mov_ps(no, condition, yes); }
OCTET_OP Vec abs(Vec x) { return _mm512_andnot_ps(set(-0.0f), x); }
OCTET_OP Vec negate(Vec x) { return -x; }  // which compilers make part of an fma
OCTET_OP Vec copy_sign(Vec magnitude, Vec sign) { return _mm512_or_ps(abs(magnitude), _mm512_and_ps(set(-0.0f), sign)); }

OCTET_OP Vec float_of(Ints x) { return _mm512_castsi512_ps(x); }
OCTET_OP Ints bits_of(Vec x) { return _mm512_castps_si512(x); }
OCTET_OP Ints to_int(Vec x) { return _mm512_cvtps_epi32(x); }
OCTET_OP Ints truncate(Vec x) { return _mm512_cvttps_epi32(x); }
OCTET_OP Vec to_float(Ints x) { return _mm512_cvtepi32_ps(x); }

OCTET_OP Ints set_ints(std::int32_t value) { return _mm512_set1_epi32(value); }
OCTET_OP Ints set_words(std::int16_t value) { return _mm512_set1_epi16(value); }
OCTET_OP Ints load_ints(const void* from) { return _mm512_loadu_si512(from); }
OCTET_OP void store_ints(void* to, Ints x) { _mm512_storeu_si512(to, x); }
OCTET_OP Ints load_shorts(const std::int16_t* from) {
  return _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
OCTET_OP Ints load_bytes(const std::uint8_t* from) { return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))); }
OCTET_OP void store_bytes(std::uint8_t* to, Ints x) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8(x)); }
OCTET_OP void store_first_bytes(std::uint8_t* to, Ints x, std::int64_t count) {
  _mm_mask_storeu_epi8(to, first_lanes(count), _mm512_cvtepi32_epi8(x));
}

template <int kCount>
OCTET_OP Ints shift_left(Ints x) {
  return _mm512_slli_epi32(x, kCount);
}
template <int kCount>
OCTET_OP Ints shift_right(Ints x) {
  return _mm512_srai_epi32(x, kCount);
}
OCTET_OP Ints add_ints(Ints x, Ints y) { return _mm512_add_epi32(x, y); }
OCTET_OP Ints multiply_ints(Ints x, Ints y) { return _mm512_mullo_epi32(x, y); }
OCTET_OP Ints subtract_ints(Ints x, Ints y) { return _mm512_sub_epi32(x, y); }
OCTET_OP Ints add_words(Ints x, Ints y) { return _mm512_adds_epi16(x, y); }
OCTET_OP Ints add_word_products(Ints sums, Ints x, Ints y) { return _mm512_add_epi32(sums, _mm512_madd_epi16(x, y)); }

using Words = Ints;
inline constexpr int kWords = 2 * kLanes;
OCTET_OP Words load_words(const std::uint8_t* from) {
  return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
OCTET_OP Words load_words(const std::int16_t* from) { return load_ints(from); }
OCTET_OP void store_words(std::int16_t* to, Words x) { store_ints(to, x); }
OCTET_OP Words sum_words(Words x, Words y) { return _mm512_add_epi16(x, y); }
OCTET_OP Words difference_words(Words x, Words y) { return _mm512_sub_epi16(x, y); }
template <int kCount>
OCTET_OP Words double_words(Words x) {
  return _mm512_slli_epi16(x, kCount);
}

OCTET_OP Ints min_bytes(Ints x, Ints y) { return _mm512_min_epu8(x, y); }
OCTET_OP Ints max_bytes(Ints x, Ints y) { return _mm512_max_epu8(x, y); }

OCTET_OP Ints pack_words(Ints a, Ints b) { return _mm512_packs_epi32(a, b); }
OCTET_OP Ints pack_bytes(Ints a, Ints b) { return _mm512_packus_epi16(a, b); }
OCTET_OP Ints in_order(Ints packed) {
  return _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), packed);
}

OCTET_OP Half low_half(Ints x) { return _mm512_castsi512_si256(x); }
OCTET_OP Half high_half(Ints x) { return _mm512_extracti64x4_epi64(x, 1); }
OCTET_OP void store_half(std::uint8_t* to, Half bytes, std::int64_t count) {
  if (count >= 32) return _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
  _mm256_mask_storeu_epi8(to, static_cast<__mmask32>((std::uint64_t{1} << count) - 1), bytes);
}

OCTET_OP void store_quarters(std::uint8_t* to, std::int64_t stride, Ints bytes, int rows, std::int64_t count) {
  const __m128i quarters[4] = {_mm512_castsi512_si128(bytes), _mm512_extracti32x4_epi32(bytes, 1), _mm512_extracti32x4_epi32(bytes, 2),
                               _mm512_extracti32x4_epi32(bytes, 3)};
#pragma GCC unroll 4
  for (int r = 0; r < 4; ++r, to += stride)
    if (r < rows)
      count >= 16 ? _mm_storeu_si128(reinterpret_cast<__m128i*>(to), quarters[r])
                  : _mm_mask_storeu_epi8(to, first_lanes(count), quarters[r]);
}

OCTET_OP Ints opaque_copy(Ints x) {
  Ints copy;
  asm("vmovdqa64 %1, %0" : "=v"(copy) : "v"(x));
  return copy;
}

#include "kernels/vec_shared.inl"

#undef OCTET_TARGET

}  // namespace octet::kernels::avx512
