// Integer matrix product with VNNI but no AVX-512: 6 rows by 2 registers of 8 channels, four exact products a step.
#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/tile_rows.h"

#define OCTET_TARGET OCTET_AVX2_VNNI

namespace octet::kernels::avx2_vnni {
namespace {

using namespace avx2;  // its vectors and activations

constexpr int kTileRows = 6, kGroup = 4;

OCTET_OP Ints dot_into(Ints acc, Ints x, Ints w) { return _mm256_dpbusd_avx_epi32(acc, x, w); }

}  // namespace

#include "kernels/conv2d/gemm_u8_finish.inl"
#include "kernels/conv2d/gemm_u8_tile.inl"

#include "kernels/conv2d/gemm_u8_run.inl"

}  // namespace octet::kernels::avx2_vnni
