#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/x86/intrinsics.h"

namespace octet::kernels::avx2 {
namespace {

using kernels::depthwise::F32Kernels;
using kernels::depthwise::RowFunctions;
using kernels::depthwise::RowPiece;

#define OCTET_TARGET OCTET_AVX2
#define OCTET_OP OCTET_AVX2 __attribute__((always_inline)) static inline
#include "kernels/depthwise2d/depthwise2d_walk.inl"

struct Ymm {
  using Float = __m256;
  static constexpr int kLanes = 8, kSpareVectors = 9;
  OCTET_OP Float load(const float* from) { return _mm256_loadu_ps(from); }
  OCTET_OP Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  OCTET_OP Float min(Float a, Float b) { return _mm256_min_ps(a, b); }
  OCTET_OP Float max(Float a, Float b) { return _mm256_max_ps(a, b); }
  OCTET_OP Float set(float x) { return _mm256_set1_ps(x); }
  OCTET_OP void store(float* to, Float x) { _mm256_storeu_ps(to, x); }
  OCTET_OP void store_some(float* to, Float x, int count) {
    alignas(32) float all[kLanes];
    _mm256_store_ps(all, x);
    for (int i = 0; i < count; ++i) to[i] = all[i];
  }
};

#include "kernels/depthwise2d/depthwise2d_f32.inl"

constexpr F32Kernels kKernels[] = {{Floats<Ymm>::kChannels, rows_of<Floats<Ymm>, Clamped<Ymm>>()}};

}  // namespace

std::unique_ptr<Depthwise2dF32> depthwise2d_f32(const Isa& isa, const Depthwise2dShape& shape, std::span<const float> weights,
                                                std::span<const float> bias, const Activation& activation) {
  return kernels::depthwise::make_packed_f32(isa, kKernels, shape, weights, bias, activation);
}

}  // namespace octet::kernels::avx2
