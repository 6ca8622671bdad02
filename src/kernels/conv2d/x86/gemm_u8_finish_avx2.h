#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/conv2d/gemm_u8.h"
#include "kernels/x86/intrinsics.h"
#include "kernels/x86/requantize_avx2.h"

// From sums, `vectors` registers of 8 a row, to stored results; shared by the kernels of 256 bits.
namespace octet::kernels::avx2 {

OCTET_AVX2 inline __m256i load_sums(const std::int32_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }

OCTET_AVX2 inline void store_bytes(std::uint8_t* to, __m128i bytes, std::int64_t count) {
  if (count >= 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  if (count == 8) return _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
  alignas(16) std::uint8_t all[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(all), bytes);
  std::memcpy(to, all, static_cast<std::size_t>(count));
}

// Sixteen channels a step; where a row has but eight, the next row's are computed along and not stored.
template <Activation::Kind kKind, bool kPlain>
OCTET_AVX2 void finish_u8(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  std::uint8_t* out = gemm.out_u8 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * 8)
    store_bytes(out, requantize_u8<kKind, kPlain>(*gemm.requantization, gemm.first_channel, load_sums(sums), load_sums(sums + 8)),
                gemm.channels);
}

template <Activation::Kind kKind>
OCTET_AVX2 void finish_f32(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  float* out = gemm.out_f32 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * 8)
    for (std::int64_t c = 0; c < gemm.channels; c += 8) {
      const __m256i stored = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(gemm.channels - c)), lane);
      const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(c);
      _mm256_maskstore_ps(out + c, stored, requantize_real<kKind>(*gemm.requantization, channel, load_sums(sums + c)));
    }
}

// What finishing with round_first needs of a panel.
struct PanelLimits {
  __m256i zero_point;       // 16-bit, in the order of packing
  __m256i lowest, highest;  // bytes, likewise
  const float *multiplier, *offset;
  float leak;
};

// A limit of the real result as a result.
OCTET_AVX2 inline __m256i limit_int(const RequantizationTable& table, const std::vector<float>& limit, std::size_t channel) {
  return _mm256_add_epi32(_mm256_cvtps_epi32(_mm256_loadu_ps(limit.data() + channel)), load_sums(table.zero_point.data() + channel));
}

OCTET_AVX2 inline __m256i packed_limit(const RequantizationTable& table, const std::vector<float>& limit, std::size_t first,
                                       std::size_t second) {
  const __m256i words = _mm256_packs_epi32(limit_int(table, limit, first), limit_int(table, limit, second));
  return _mm256_packus_epi16(words, words);
}

// A panel of one register is treated as one of two equal ones, the second of which is not stored.
OCTET_AVX2 inline PanelLimits limits_of(const GemmU8& gemm) {
  const RequantizationTable& table = *gemm.requantization;
  const std::size_t first = gemm.first_channel, second = gemm.vectors == 2 ? first + 8 : first;
  return {_mm256_packs_epi32(load_sums(table.zero_point.data() + first), load_sums(table.zero_point.data() + second)),
          packed_limit(table, table.lowest, first, second),
          packed_limit(table, table.highest, first, second),
          table.multiplier.data() + first,
          table.offset.data() + first,
          table.activation.a};
}

// Real values of channels `lane`, ..., rounded.
template <bool kLeaky>
OCTET_AVX2 inline __m256i rounded(const PanelLimits& limits, int lane, __m256i sum) {
  auto real = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(limits.multiplier + lane), _mm256_loadu_ps(limits.offset + lane));
  if constexpr (kLeaky) real = _mm256_max_ps(real, _mm256_mul_ps(real, _mm256_set1_ps(limits.leak)));  // for leaks up to 1
  return _mm256_cvtps_epi32(real);
}

// Two registers of sums of one row as 16-bit results.
template <bool kLeaky>
OCTET_AVX2 inline __m256i words_of(const PanelLimits& limits, int second_lane, __m256i first, __m256i second) {
  const __m256i words = _mm256_packs_epi32(rounded<kLeaky>(limits, 0, first), rounded<kLeaky>(limits, second_lane, second));
  return _mm256_adds_epi16(words, limits.zero_point);
}

// Two rows at a time. Packing works in each 128-bit part by itself, so the bytes are brought into order at the end.
template <bool kLeaky, int kRows, int kVectors>
OCTET_AVX2 __attribute__((always_inline)) inline void finish_in_registers(const GemmU8& gemm, const PanelLimits& limits,
                                                                          const __m256i (&acc)[kRows][kVectors], std::int64_t row) {
  constexpr int kLast = kVectors - 1;
  const std::int64_t stride = gemm.out_stride, channels = gemm.channels;
  std::uint8_t* out = gemm.out_u8 + row * stride;
  __m256i sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) asm("vmovdqa %1, %0" : "=x"(sums[r][v]) : "x"(acc[r][v]));
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r += 2, out += 2 * stride) {
    asm("" ::: "memory");  // the limits are to be read again: the registers are full of sums
    const int other = r + 1 < kRows ? r + 1 : r;
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256i packed = _mm256_packus_epi16(words_of<kLeaky>(limits, kLast * 8, sums[r][0], sums[r][kLast]),
                                               words_of<kLeaky>(limits, kLast * 8, sums[other][0], sums[other][kLast]));
    const __m256i bytes = _mm256_min_epu8(_mm256_max_epu8(packed, limits.lowest), limits.highest);
    const __m256i ordered = _mm256_permutevar8x32_epi32(bytes, order);
    store_bytes(out, _mm256_castsi256_si128(ordered), channels);
    if (r + 1 < kRows) store_bytes(out + stride, _mm256_extracti128_si256(ordered, 1), channels);
  }
}

}  // namespace octet::kernels::avx2
