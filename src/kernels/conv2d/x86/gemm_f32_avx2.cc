// Float matrix product with AVX2: tiles of 6 rows by 2 registers of 8 channels, or 12 by 1. Those of 4 by 3
// leave no register free and take a seventh more time.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/tile_rows.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

constexpr int kTileRows[] = {12, 6};
#include "kernels/conv2d/gemm_f32_tile.inl"

}  // namespace octet::kernels::avx2
