#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/x86/intrinsics.h"

namespace octet::kernels::avx512 {
namespace {

using kernels::depthwise::F32Kernels;
using kernels::depthwise::RowFunctions;
using kernels::depthwise::RowPiece;

#define OCTET_TARGET OCTET_AVX512
#define OCTET_OP OCTET_AVX512 __attribute__((always_inline)) static inline
#include "kernels/depthwise2d/depthwise2d_walk.inl"

struct Zmm {
  using Float = __m512;
  static constexpr int kLanes = 16, kSpareVectors = 25;
  OCTET_OP Float load(const float* from) { return _mm512_loadu_ps(from); }
  OCTET_OP Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  OCTET_OP Float min(Float a, Float b) { return _mm512_min_ps(a, b); }
  OCTET_OP Float max(Float a, Float b) { return _mm512_max_ps(a, b); }
  OCTET_OP Float set(float x) { return _mm512_set1_ps(x); }
  OCTET_OP void store(float* to, Float x) { _mm512_storeu_ps(to, x); }
  OCTET_OP void store_some(float* to, Float x, int count) { _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), x); }
};

#include "kernels/depthwise2d/depthwise2d_f32.inl"

constexpr F32Kernels kKernels[] = {{Floats<Zmm>::kChannels, rows_of<Floats<Zmm>, Clamped<Zmm>>()}};

}  // namespace

std::unique_ptr<Depthwise2dF32> depthwise2d_f32(const Isa& isa, const Depthwise2dShape& shape, std::span<const float> weights,
                                                std::span<const float> bias, const Activation& activation) {
  return kernels::depthwise::make_packed_f32(isa, kKernels, shape, weights, bias, activation);
}

}  // namespace octet::kernels::avx512
