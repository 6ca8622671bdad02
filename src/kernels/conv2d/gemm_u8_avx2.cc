// Integer matrix product with AVX2: 6 rows by 2 registers of 8 channels, two 16-bit products a step.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

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

#include "kernels/conv2d/gemm_u8_tile.inl"

}  // namespace

void gemm_u8(const GemmU8& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx2
