// Integer matrix product with AVX-512 without VNNI: 12 rows by 2 registers of 16 channels, two 16-bit products a step.
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/x86/gemm_u8_finish_avx512.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/x86/intrinsics.h"

#define OCTET_TILE OCTET_AVX512

namespace octet::kernels::avx512 {
namespace {

constexpr int kLanes = 16, kTileRows = 12, kGroup = 2;

using Ints = __m512i;
using Element = std::int16_t;
using Weight = std::int16_t;

const Element* a_of(const GemmU8& gemm) { return gemm.a16; }
const Weight* w_of(const GemmU8& gemm) { return gemm.w16; }
OCTET_TILE inline Ints load_ints(const std::int32_t* from) { return _mm512_loadu_si512(from); }
OCTET_TILE inline void store_ints(std::int32_t* to, Ints sums) { _mm512_storeu_si512(to, sums); }
OCTET_TILE inline Ints load_weights(const Weight* from) { return _mm512_loadu_si512(from); }
OCTET_TILE inline Ints broadcast(const Element* from) {
  std::int32_t pair;
  std::memcpy(&pair, from, sizeof pair);
  return _mm512_set1_epi32(pair);
}
// One opaque step: left to itself GCC computes the products early and spills the sums.
OCTET_TILE inline Ints dot_into(Ints acc, Ints x, Ints w) {
  Ints product;
  asm("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+v"(acc), "=&v"(product) : "v"(x), "v"(w));
  return acc;
}

#include "kernels/conv2d/gemm_u8_tile.inl"

}  // namespace

void gemm_u8(const GemmU8& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx512
