#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/conv2d/gemm_u8.h"
#include "kernels/x86/intrinsics.h"
#include "kernels/x86/requantize_avx512.h"

// From sums, `vectors` registers of 16 a row, to stored results; shared by the levels of 512 bits.
namespace octet::kernels::avx512 {

OCTET_AVX512 inline __mmask16 first_lanes(std::int64_t count) { return static_cast<__mmask16>(count >= 16 ? 0xFFFF : (1u << count) - 1); }

template <Activation::Kind kKind, bool kPlain>
OCTET_AVX512 void finish_u8(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  std::uint8_t* out = gemm.out_u8 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * 16)
    for (std::int64_t c = 0; c < gemm.channels; c += 16) {
      const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(c);
      const __m128i bytes = requantize_u8<kKind, kPlain>(*gemm.requantization, channel, _mm512_load_si512(sums + c));
      const std::int64_t left = gemm.channels - c;
      if (left >= 16)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + c), bytes);
      else
        _mm_mask_storeu_epi8(out + c, first_lanes(left), bytes);
    }
}

template <Activation::Kind kKind>
OCTET_AVX512 void finish_f32(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  float* out = gemm.out_f32 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * 16)
    for (std::int64_t c = 0; c < gemm.channels; c += 16) {
      const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(c);
      const __m512 real = requantize_real<kKind>(*gemm.requantization, channel, _mm512_load_si512(sums + c));
      _mm512_mask_storeu_ps(out + c, first_lanes(gemm.channels - c), real);
    }
}

// What finishing with round_first needs of a panel.
struct PanelLimits {
  __m512i zero_point;       // 16-bit, in the order of packing
  __m512i lowest, highest;  // bytes, likewise
  const float *multiplier, *offset;
  float leak;
};

// A limit of the real result as a result.
OCTET_AVX512 inline __m512i limit_int(const RequantizationTable& table, const std::vector<float>& limit, std::size_t channel) {
  return _mm512_add_epi32(_mm512_cvtps_epi32(_mm512_loadu_ps(limit.data() + channel)),
                          _mm512_loadu_si512(table.zero_point.data() + channel));
}

OCTET_AVX512 inline __m512i packed_limit(const RequantizationTable& table, const std::vector<float>& limit, std::size_t first,
                                         std::size_t second) {
  const __m512i words = _mm512_packs_epi32(limit_int(table, limit, first), limit_int(table, limit, second));
  return _mm512_packus_epi16(words, words);
}

// A panel of one register is treated as one of two equal ones, the second of which is not stored.
OCTET_AVX512 inline PanelLimits limits_of(const GemmU8& gemm) {
  const RequantizationTable& table = *gemm.requantization;
  const std::size_t first = gemm.first_channel, second = gemm.vectors == 2 ? first + 16 : first;
  return {_mm512_packs_epi32(_mm512_loadu_si512(table.zero_point.data() + first), _mm512_loadu_si512(table.zero_point.data() + second)),
          packed_limit(table, table.lowest, first, second),
          packed_limit(table, table.highest, first, second),
          table.multiplier.data() + first,
          table.offset.data() + first,
          table.activation.a};
}

// Real values of channels `lane`, ..., rounded.
template <bool kLeaky>
OCTET_AVX512 inline __m512i rounded(const PanelLimits& limits, int lane, __m512i sum) {
  auto real = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(limits.multiplier + lane), _mm512_loadu_ps(limits.offset + lane));
  if constexpr (kLeaky) real = _mm512_max_ps(real, _mm512_mul_ps(real, _mm512_set1_ps(limits.leak)));  // for leaks up to 1
  return _mm512_cvtps_epi32(real);
}

// Two registers of sums of one row as 16-bit results.
template <bool kLeaky>
OCTET_AVX512 inline __m512i words_of(const PanelLimits& limits, int second_lane, __m512i first, __m512i second) {
  const __m512i words = _mm512_packs_epi32(rounded<kLeaky>(limits, 0, first), rounded<kLeaky>(limits, second_lane, second));
  return _mm512_adds_epi16(words, limits.zero_point);
}

OCTET_AVX512 inline void store_row(std::uint8_t* to, __m256i bytes, std::int64_t channels) {
  if (channels >= 32)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
  else
    _mm256_mask_storeu_epi8(to, static_cast<__mmask32>((std::uint64_t{1} << channels) - 1), bytes);
}

// Two rows at a time. Packing works in each 128-bit part by itself, so the bytes are brought into order at the end.
template <bool kLeaky, int kRows, int kVectors>
OCTET_AVX512 __attribute__((always_inline)) inline void finish_in_registers(const GemmU8& gemm, const PanelLimits& limits,
                                                                            const __m512i (&acc)[kRows][kVectors], std::int64_t row) {
  constexpr int kLast = kVectors - 1;
  const std::int64_t stride = gemm.out_stride, channels = gemm.channels;
  std::uint8_t* out = gemm.out_u8 + row * stride;
  __m512i sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) asm("vmovdqa64 %1, %0" : "=v"(sums[r][v]) : "v"(acc[r][v]));
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r += 2, out += 2 * stride) {
    asm("" ::: "memory");  // the limits are to be read again: the registers are full of sums
    const int other = r + 1 < kRows ? r + 1 : r;
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i packed = _mm512_packus_epi16(words_of<kLeaky>(limits, kLast * 16, sums[r][0], sums[r][kLast]),
                                               words_of<kLeaky>(limits, kLast * 16, sums[other][0], sums[other][kLast]));
    const __m512i bytes = _mm512_min_epu8(_mm512_max_epu8(packed, limits.lowest), limits.highest);
    const __m512i ordered = _mm512_permutexvar_epi32(order, bytes);
    store_row(out, _mm512_castsi512_si256(ordered), channels);
    if (r + 1 < kRows) store_row(out + stride, _mm512_extracti64x4_epi64(ordered, 1), channels);
  }
}

}  // namespace octet::kernels::avx512
