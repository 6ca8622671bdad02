// Float matrix product with AVX2: 6 rows by 2 registers of 8 channels.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/x86/intrinsics.h"

#define OCTET_TILE OCTET_AVX2

namespace octet::kernels::avx2 {
namespace {

constexpr int kLanes = 8, kTileRows = 6;

OCTET_TILE inline Vec load(const float* from) { return _mm256_loadu_ps(from); }
OCTET_TILE inline void store(float* to, Vec values) { _mm256_storeu_ps(to, values); }
OCTET_TILE inline __m256i first_lanes(std::int64_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
OCTET_TILE inline Vec load_part(const float* from, std::int64_t count) { return _mm256_maskload_ps(from, first_lanes(count)); }
OCTET_TILE inline void store_part(float* to, Vec values, std::int64_t count) { _mm256_maskstore_ps(to, first_lanes(count), values); }
OCTET_TILE inline Vec fma_into(Vec acc, Vec x, Vec y) { return _mm256_fmadd_ps(x, y, acc); }

#include "kernels/conv2d/gemm_f32_tile.inl"

}  // namespace

void gemm_f32(const GemmF32& gemm) { run_gemm(gemm); }

}  // namespace octet::kernels::avx2
