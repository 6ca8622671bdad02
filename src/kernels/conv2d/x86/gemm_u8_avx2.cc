// Integer matrix product with AVX2: 6 rows by 2 registers of 8 channels, two 16-bit products a step.
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/x86/gemm_u8_finish_avx2.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/x86/intrinsics.h"

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

#include "kernels/conv2d/gemm_u8_tile.inl"

}  // namespace

void gemm_u8(const GemmU8& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx2
