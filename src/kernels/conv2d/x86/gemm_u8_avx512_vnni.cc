// Integer matrix product with AVX-512 VNNI: 12 rows by 2 registers of 16 channels, four exact products a step.
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/x86/gemm_u8_finish_avx512.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/x86/intrinsics.h"

#define OCTET_TILE OCTET_AVX512_VNNI

namespace octet::kernels::avx512_vnni {
namespace {

using avx512::finish_f32;
using avx512::finish_in_registers;
using avx512::finish_u8;
using avx512::limits_of;
using avx512::PanelLimits;

constexpr int kLanes = 16, kTileRows = 12, kGroup = 4;

using Ints = __m512i;
using Element = std::uint8_t;
using Weight = std::int8_t;

const Element* a_of(const GemmU8& gemm) { return gemm.a8; }
const Weight* w_of(const GemmU8& gemm) { return gemm.w8; }
OCTET_TILE inline Ints load_ints(const std::int32_t* from) { return _mm512_loadu_si512(from); }
OCTET_TILE inline void store_ints(std::int32_t* to, Ints sums) { _mm512_storeu_si512(to, sums); }
OCTET_TILE inline Ints load_weights(const Weight* from) { return _mm512_loadu_si512(from); }
OCTET_TILE inline Ints broadcast(const Element* from) {
  std::int32_t group;
  std::memcpy(&group, from, sizeof group);
  return _mm512_set1_epi32(group);
}
OCTET_TILE inline Ints dot_into(Ints acc, Ints x, Ints w) { return _mm512_dpbusd_epi32(acc, x, w); }

#include "kernels/conv2d/gemm_u8_tile.inl"

}  // namespace

void gemm_u8(const GemmU8& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx512_vnni
