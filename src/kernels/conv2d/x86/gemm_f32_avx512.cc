// Float matrix product with AVX-512: 12 rows by 2 registers of 16 channels.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/tile_rows.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

constexpr int kTileRows = 12;
#include "kernels/conv2d/gemm_f32_tile.inl"

}  // namespace octet::kernels::avx512
