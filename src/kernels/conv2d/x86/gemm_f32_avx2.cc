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

namespace {

using Gemm = GemmF32;
using Factor = float;

constexpr int kGroup = 1;
constexpr int kTileRows[] = {12, 6};

OCTET_OP Vec broadcast(const float* from) { return set(*from); }

}  // namespace

#include "kernels/conv2d/gemm_f32_tile.inl"

void gemm_f32(const GemmF32& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx2
