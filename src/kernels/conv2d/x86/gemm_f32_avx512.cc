// Float matrix product with AVX-512: 12 rows by 2 registers of 16 channels.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/x86/intrinsics.h"

#define OCTET_TILE OCTET_AVX512

namespace octet::kernels::avx512 {
namespace {

constexpr int kLanes = 16, kTileRows = 12;

OCTET_TILE inline Vec load(const float* from) { return _mm512_loadu_ps(from); }
OCTET_TILE inline void store(float* to, Vec values) { _mm512_storeu_ps(to, values); }
OCTET_TILE inline __mmask16 first_lanes(std::int64_t count) { return static_cast<__mmask16>((1u << count) - 1); }
OCTET_TILE inline Vec load_part(const float* from, std::int64_t count) { return _mm512_maskz_loadu_ps(first_lanes(count), from); }
OCTET_TILE inline void store_part(float* to, Vec values, std::int64_t count) { _mm512_mask_storeu_ps(to, first_lanes(count), values); }
OCTET_TILE inline Vec fma_into(Vec acc, Vec x, Vec y) { return _mm512_fmadd_ps(x, y, acc); }

#include "kernels/conv2d/gemm_f32_tile.inl"

}  // namespace

void gemm_f32(const GemmF32& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx512
