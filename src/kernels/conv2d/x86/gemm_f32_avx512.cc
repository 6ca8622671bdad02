// Float matrix product with AVX-512: tiles of 6 rows by 4 registers of 16 channels, or more rows by fewer.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/tile_rows.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

namespace {

using Gemm = GemmF32;
using Factor = float;

constexpr int kGroup = 1;
constexpr int kTileRows[] = {12, 12, 8, 6};

OCTET_OP Vec broadcast(const float* from) { return set(*from); }

}  // namespace

#include "kernels/conv2d/gemm_f32_tile.inl"

void gemm_f32(const GemmF32& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx512
