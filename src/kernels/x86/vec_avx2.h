#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/x86/intrinsics.h"

// Eight 32-bit values a vector, and the operations in which kernels are written once: vec_avx512.h has the same for sixteen values.
// Floats are computed by single correctly rounded operations, so that all sets of vectors give the same bits. Memory may have any
// alignment. What is said of `count` values holds for 0 <= count <= kLanes.
namespace octet::kernels::avx2 {

#define OCTET_TARGET OCTET_AVX2

using Vec = __m256;    // floats
using Ints = __m256i;  // integers of 32 bits; words are of 16 and bytes of 8
using Half = __m128i;  // the bytes of half a vector
inline constexpr int kLanes = 8;

OCTET_OP Vec set(float value) { return _mm256_set1_ps(value); }
OCTET_OP Vec load(const float* from) { return _mm256_loadu_ps(from); }
OCTET_OP Ints first_lanes(std::int64_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
// `count` values, then those of `rest`.
OCTET_OP Vec load_first(const float* from, std::int64_t count, Vec rest) {
  const Ints lanes = first_lanes(count);
  return _mm256_blendv_ps(rest, _mm256_maskload_ps(from, lanes), _mm256_castsi256_ps(lanes));
}
OCTET_OP void store(float* to, Vec x) { _mm256_storeu_ps(to, x); }
OCTET_OP void store_first(float* to, Vec x, std::int64_t count) { _mm256_maskstore_ps(to, first_lanes(count), x); }

OCTET_OP Vec add(Vec x, Vec y) { return _mm256_add_ps(x, y); }
OCTET_OP Vec sub(Vec x, Vec y) { return _mm256_sub_ps(x, y); }
OCTET_OP Vec mul(Vec x, Vec y) { return _mm256_mul_ps(x, y); }
OCTET_OP Vec fma(Vec x, Vec y, Vec z) { return _mm256_fmadd_ps(x, y, z); }
OCTET_OP Vec div(Vec x, Vec y) { return _mm256_div_ps(x, y); }
OCTET_OP Vec round_even(Vec x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
OCTET_OP Vec min(Vec x, Vec y) { return _mm256_min_ps(x, y); }
OCTET_OP Vec max(Vec x, Vec y) { return _mm256_max_ps(x, y); }
// Of all lanes. The second half is added to the first until one is left; the greatest of NaN and a number is either.
OCTET_OP float sum_of(Vec x) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}
OCTET_OP float greatest_of(Vec x) {
  __m128 half = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  half = _mm_max_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}
OCTET_OP Vec less(Vec x, Vec y) { return _mm256_cmp_ps(x, y, _CMP_LT_OQ); }
OCTET_OP Vec is_nan(Vec x) { return _mm256_cmp_ps(x, x, _CMP_UNORD_Q); }
OCTET_OP Vec select(Vec condition, Vec yes, Vec no) { return _mm256_blendv_ps(no, yes, condition); }
OCTET_OP Vec abs(Vec x) { return _mm256_andnot_ps(set(-0.0f), x); }
OCTET_OP Vec negate(Vec x) { return -x; }  // which compilers make part of an fma
OCTET_OP Vec copy_sign(Vec magnitude, Vec sign) { return _mm256_or_ps(abs(magnitude), _mm256_and_ps(set(-0.0f), sign)); }

OCTET_OP Vec float_of(Ints x) { return _mm256_castsi256_ps(x); }
OCTET_OP Ints bits_of(Vec x) { return _mm256_castps_si256(x); }
OCTET_OP Ints to_int(Vec x) { return _mm256_cvtps_epi32(x); }     // to nearest even; the smallest integer for NaN and what is out of range
OCTET_OP Ints truncate(Vec x) { return _mm256_cvttps_epi32(x); }  // towards zero; what is out of range as by to_int()
OCTET_OP Vec to_float(Ints x) { return _mm256_cvtepi32_ps(x); }

OCTET_OP Ints set_ints(std::int32_t value) { return _mm256_set1_epi32(value); }
OCTET_OP Ints set_words(std::int16_t value) { return _mm256_set1_epi16(value); }
OCTET_OP Ints load_ints(const void* from) { return _mm256_loadu_si256(static_cast<const Ints*>(from)); }
OCTET_OP void store_ints(void* to, Ints x) { _mm256_storeu_si256(static_cast<Ints*>(to), x); }
// kLanes bytes, each as an integer.
OCTET_OP Ints load_shorts(const std::int16_t* from) {
  return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
OCTET_OP Ints load_bytes(const std::uint8_t* from) { return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))); }
// Integers 0..255 as bytes.
OCTET_OP void store_bytes(std::uint8_t* to, Ints x) {
  const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(words, words));
}
OCTET_OP void store_first_bytes(std::uint8_t* to, Ints x, std::int64_t count) {
  std::uint8_t bytes[kLanes];
  store_bytes(bytes, x);
  std::memcpy(to, bytes, static_cast<std::size_t>(count));
}

template <int kCount>
OCTET_OP Ints shift_left(Ints x) {
  return _mm256_slli_epi32(x, kCount);
}
template <int kCount>
OCTET_OP Ints shift_right(Ints x) {
  return _mm256_srai_epi32(x, kCount);
}
OCTET_OP Ints add_ints(Ints x, Ints y) { return _mm256_add_epi32(x, y); }
OCTET_OP Ints multiply_ints(Ints x, Ints y) { return _mm256_mullo_epi32(x, y); }  // modulo 2^32
OCTET_OP Ints subtract_ints(Ints x, Ints y) { return _mm256_sub_epi32(x, y); }
OCTET_OP Ints add_words(Ints x, Ints y) { return _mm256_adds_epi16(x, y); }  // saturated
// Each sum plus the products of both of its words.
OCTET_OP Ints add_word_products(Ints sums, Ints x, Ints y) { return _mm256_add_epi32(sums, _mm256_madd_epi16(x, y)); }

// 2 * kLanes words a vector, modulo 2^16.
using Words = Ints;
inline constexpr int kWords = 2 * kLanes;
OCTET_OP Words load_words(const std::uint8_t* from) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
OCTET_OP Words load_words(const std::int16_t* from) { return load_ints(from); }
OCTET_OP void store_words(std::int16_t* to, Words x) { store_ints(to, x); }
OCTET_OP Words sum_words(Words x, Words y) { return _mm256_add_epi16(x, y); }
OCTET_OP Words difference_words(Words x, Words y) { return _mm256_sub_epi16(x, y); }
template <int kCount>
OCTET_OP Words double_words(Words x) {
  return _mm256_slli_epi16(x, kCount);
}

OCTET_OP Ints min_bytes(Ints x, Ints y) { return _mm256_min_epu8(x, y); }
OCTET_OP Ints max_bytes(Ints x, Ints y) { return _mm256_max_epu8(x, y); }

// Integers as words and words as bytes 0..255, saturated. Packing works in each 128 bits by itself; bytes that were packed twice are
// brought into the order of their vectors by in_order().
OCTET_OP Ints pack_words(Ints a, Ints b) { return _mm256_packs_epi32(a, b); }
OCTET_OP Ints pack_bytes(Ints a, Ints b) { return _mm256_packus_epi16(a, b); }
OCTET_OP Ints in_order(Ints packed) { return _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7)); }

OCTET_OP Half low_half(Ints x) { return _mm256_castsi256_si128(x); }
OCTET_OP Half high_half(Ints x) { return _mm256_extracti128_si256(x, 1); }
// The first `count` bytes of half a vector; all where there are more.
OCTET_OP void store_half(std::uint8_t* to, Half bytes, std::int64_t count) {
  if (count >= 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  if (count == 8) return _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
  alignas(16) std::uint8_t all[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(all), bytes);
  std::memcpy(to, all, static_cast<std::size_t>(count));
}

// Up to four rows of a quarter of a vector, the first `count` bytes of each; all where there are more.
OCTET_OP void store_quarters(std::uint8_t* to, std::int64_t stride, Ints bytes, int rows, std::int64_t count) {
  alignas(32) std::uint64_t quarters[4];
  store_ints(quarters, bytes);
#pragma GCC unroll 4
  for (int r = 0; r < 4; ++r, to += stride) {
    if (r >= rows) break;
    count >= 8 ? std::memcpy(to, &quarters[r], 8) : std::memcpy(to, &quarters[r], static_cast<std::size_t>(count));
  }
}

// A copy that the compiler does not see through.
OCTET_OP Ints opaque_copy(Ints x) {
  Ints copy;
  asm("vmovdqa %1, %0" : "=x"(copy) : "x"(x));
  return copy;
}

#include "kernels/vec_shared.inl"

#undef OCTET_TARGET

}  // namespace octet::kernels::avx2
