// Float matrix product with NEON: tiles of 6 rows by 4 registers of 4 channels, or of more rows by fewer registers, whose sums take 24 of
// the 32 registers.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include "kernels/activation/arm/activation_neon.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/tile_rows.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

namespace {

using Gemm = GemmF32;
using Factor = float;

constexpr int kGroup = 1;
constexpr int kTileRows[] = {12, 12, 6, 6};

OCTET_OP Vec broadcast(const float* from) { return set(*from); }

}  // namespace

#include "kernels/conv2d/gemm_f32_tile.inl"

void gemm_f32(const GemmF32& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::neon
