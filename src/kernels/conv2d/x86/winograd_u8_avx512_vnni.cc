// Integer Winograd with AVX-512 VNNI: products of 12 rows by 2 registers of 16 channels, two of words a step.
#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/conv2d/winograd_u8.h"

#define OCTET_TARGET OCTET_AVX512_VNNI

namespace octet::kernels::avx512_vnni {
namespace {

using namespace avx512;  // its vectors and activations

constexpr int kTileRows = 12, kGroup = 2;

OCTET_OP Ints dot_into(Ints acc, Ints x, Ints w) { return _mm512_dpwssd_epi32(acc, x, w); }

}  // namespace

#include "kernels/conv2d/gemm_u8_finish.inl"
#include "kernels/conv2d/gemm_u8_tile.inl"

#include "kernels/conv2d/winograd_u8_transforms.inl"

#include "kernels/conv2d/winograd_u8.inl"

}  // namespace octet::kernels::avx512_vnni
