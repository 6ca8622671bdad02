// Integer matrix product with VNNI but no AVX-512: 6 rows by 2 registers of 8 channels, four exact products a step.
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/x86/gemm_u8_finish_avx2.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/x86/intrinsics.h"

#define OCTET_TILE OCTET_AVX2_VNNI

namespace octet::kernels::avx2_vnni {
namespace {

using avx2::finish_f32;
using avx2::finish_in_registers;
using avx2::finish_u8;
using avx2::limits_of;
using avx2::PanelLimits;

constexpr int kLanes = 8, kTileRows = 6, kGroup = 4;

using Ints = __m256i;
using Element = std::uint8_t;
using Weight = std::int8_t;

const Element* a_of(const GemmU8& gemm) { return gemm.a8; }
const Weight* w_of(const GemmU8& gemm) { return gemm.w8; }
OCTET_TILE inline Ints load_ints(const std::int32_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
OCTET_TILE inline void store_ints(std::int32_t* to, Ints sums) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), sums); }
OCTET_TILE inline Ints load_weights(const Weight* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
OCTET_TILE inline Ints broadcast(const Element* from) {
  std::int32_t group;
  std::memcpy(&group, from, sizeof group);
  return _mm256_set1_epi32(group);
}
OCTET_TILE inline Ints dot_into(Ints acc, Ints x, Ints w) { return _mm256_dpbusd_avx_epi32(acc, x, w); }

#include "kernels/conv2d/gemm_u8_tile.inl"

}  // namespace

void gemm_u8(const GemmU8& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx2_vnni
