// Integer matrix product with AVX2: 6 rows by 2 registers of 8 channels, two 16-bit products a step.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/intrinsics.h"
#include "kernels/requantize_avx2.h"

#define OCTET_TILE OCTET_AVX2

namespace octet::kernels::avx2 {
namespace {

constexpr int kLanes = 8, kTileRows = 6, kGroup = 2;

using Ints = __m256i;
using Element = std::int16_t;
using Weight = std::int16_t;

const Element* a_of(const GemmU8& gemm) { return gemm.a16; }
const Weight* w_of(const GemmU8& gemm) { return gemm.w16; }
OCTET_TILE inline Ints load_ints(const std::int32_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
OCTET_TILE inline void store_ints(std::int32_t* to, Ints sums) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), sums); }
OCTET_TILE inline Ints load_weights(const Weight* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
OCTET_TILE inline Ints broadcast(const Element* from) {
  std::int32_t pair;
  std::memcpy(&pair, from, sizeof pair);
  return _mm256_set1_epi32(pair);
}
// One opaque step: left to itself GCC computes the products early and spills the sums.
OCTET_TILE inline Ints dot_into(Ints acc, Ints x, Ints w) {
  Ints product;
  asm("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+x"(acc), "=&x"(product) : "x"(x), "x"(w));
  return acc;
}

OCTET_TILE inline void store_bytes(std::uint8_t* to, __m128i bytes, std::int64_t count) {
  if (count >= 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  if (count == 8) return _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
  alignas(16) std::uint8_t all[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(all), bytes);
  std::memcpy(to, all, static_cast<std::size_t>(count));
}

// Sixteen channels a step; where a row has but eight, the next row's are computed along and not stored.
template <Activation::Kind kKind, bool kPlain>
OCTET_TILE void finish_u8(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  std::uint8_t* out = gemm.out_u8 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * kLanes)
    store_bytes(out, requantize_u8<kKind, kPlain>(*gemm.requantization, gemm.first_channel, load_ints(sums), load_ints(sums + kLanes)),
                gemm.channels);
}

template <Activation::Kind kKind>
OCTET_TILE void finish_f32(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  float* out = gemm.out_f32 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * kLanes)
    for (std::int64_t c = 0; c < gemm.channels; c += kLanes) {
      const __m256i stored = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(gemm.channels - c)), lane);
      const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(c);
      _mm256_maskstore_ps(out + c, stored, requantize_real<kKind>(*gemm.requantization, channel, load_ints(sums + c)));
    }
}

// What finishing with round_first needs of a panel.
struct PanelLimits {
  Ints zero_point;       // 16-bit, in the order of packing
  Ints lowest, highest;  // bytes, likewise
  const float *multiplier, *offset;
  float leak;
};

// A limit of the real result as a result.
OCTET_TILE inline Ints limit_int(const RequantizationTable& table, const std::vector<float>& limit, std::size_t channel) {
  return _mm256_add_epi32(_mm256_cvtps_epi32(_mm256_loadu_ps(limit.data() + channel)), load_ints(table.zero_point.data() + channel));
}

OCTET_TILE inline Ints packed_limit(const RequantizationTable& table, const std::vector<float>& limit, std::size_t first,
                                    std::size_t second) {
  const Ints words = _mm256_packs_epi32(limit_int(table, limit, first), limit_int(table, limit, second));
  return _mm256_packus_epi16(words, words);
}

// A panel of one register is treated as one of two equal ones, the second of which is not stored.
OCTET_TILE inline PanelLimits limits_of(const GemmU8& gemm) {
  const RequantizationTable& table = *gemm.requantization;
  const std::size_t first = gemm.first_channel, second = gemm.vectors == 2 ? first + 8 : first;
  return {_mm256_packs_epi32(load_ints(table.zero_point.data() + first), load_ints(table.zero_point.data() + second)),
          packed_limit(table, table.lowest, first, second),
          packed_limit(table, table.highest, first, second),
          table.multiplier.data() + first,
          table.offset.data() + first,
          table.activation.a};
}

// Real values of channels `lane`, ..., rounded.
template <bool kLeaky>
OCTET_TILE inline Ints rounded(const PanelLimits& limits, int lane, Ints sum) {
  auto real = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(limits.multiplier + lane), _mm256_loadu_ps(limits.offset + lane));
  if constexpr (kLeaky) real = _mm256_max_ps(real, _mm256_mul_ps(real, _mm256_set1_ps(limits.leak)));  // for leaks up to 1
  return _mm256_cvtps_epi32(real);
}

// Two registers of sums of one row as 16-bit results.
template <bool kLeaky>
OCTET_TILE inline Ints words_of(const PanelLimits& limits, int second_lane, Ints first, Ints second) {
  const Ints words = _mm256_packs_epi32(rounded<kLeaky>(limits, 0, first), rounded<kLeaky>(limits, second_lane, second));
  return _mm256_adds_epi16(words, limits.zero_point);
}

// Two rows at a time. Packing works in each 128-bit part by itself, so the bytes are brought into order at the end.
template <bool kLeaky, int kRows, int kVectors>
OCTET_TILE __attribute__((always_inline)) inline void finish_in_registers(const GemmU8& gemm, const PanelLimits& limits,
                                                                          const Ints (&acc)[kRows][kVectors], std::int64_t row) {
  constexpr int kLast = kVectors - 1;
  const std::int64_t stride = gemm.out_stride, channels = gemm.channels;
  std::uint8_t* out = gemm.out_u8 + row * stride;
  Ints sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) asm("vmovdqa %1, %0" : "=x"(sums[r][v]) : "x"(acc[r][v]));
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r += 2, out += 2 * stride) {
    asm("" ::: "memory");  // the limits are to be read again: the registers are full of sums
    const int other = r + 1 < kRows ? r + 1 : r;
    const Ints order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const Ints packed = _mm256_packus_epi16(words_of<kLeaky>(limits, kLast * 8, sums[r][0], sums[r][kLast]),
                                            words_of<kLeaky>(limits, kLast * 8, sums[other][0], sums[other][kLast]));
    const Ints bytes = _mm256_min_epu8(_mm256_max_epu8(packed, limits.lowest), limits.highest);
    const Ints ordered = _mm256_permutevar8x32_epi32(bytes, order);
    store_bytes(out, _mm256_castsi256_si128(ordered), channels);
    if (r + 1 < kRows) store_bytes(out + stride, _mm256_extracti128_si256(ordered, 1), channels);
  }
}

#include "kernels/conv2d/gemm_u8_tile.inl"

}  // namespace

void gemm_u8(const GemmU8& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx2
