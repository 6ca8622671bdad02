// Depthwise convolutions of u8 with VNNI but no AVX-512: four taps a multiplication.
#include <cstring>
#include <utility>

#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/depthwise2d/x86/depthwise2d_vectors_avx2.h"

#define OCTET_TARGET OCTET_AVX2_VNNI

namespace octet::kernels::avx2_vnni {

using avx2::Xmm;
using avx2::Ymm;
using avx2::YmmOfTwoPixels;
#include "kernels/depthwise2d/x86/depthwise2d_quads.inl"
#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_pixels.inl"
#include "kernels/depthwise2d/depthwise2d_u8.inl"

namespace {

OCTET_OP __m256i multiply_add(__m256i sum, __m256i x, __m256i w) { return _mm256_dpbusd_avx_epi32(sum, x, w); }
OCTET_OP __m128i multiply_add(__m128i sum, __m128i x, __m128i w) { return _mm_dpbusd_avx_epi32(sum, x, w); }

#include "kernels/depthwise2d/x86/depthwise2d_dot_quads.inl"

#include "kernels/depthwise2d/x86/depthwise2d_windows.inl"

constexpr depthwise::U8Kernels kKernels[] = {kernels_of<Ymm, Quads<Ymm, 0>>(), kernels_of<Xmm, Quads<Xmm, 0>>()};
constexpr depthwise::U8Kernels kKernelsOf3x3[] = {kernels_of<Ymm, QuadsOfWindows<Ymm, 0, 1>>(),
                                                  kernels_of<YmmOfTwoPixels, QuadsOfPixels<YmmOfTwoPixels, 0, 1>>()};

}  // namespace

std::unique_ptr<ConvolutionU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  return depthwise::make_packed_u8(isa, depthwise::is_3x3(shape) ? std::span(kKernelsOf3x3) : std::span(kKernels), shape, weights,
                                   in_zero_point, requantization);
}

}  // namespace octet::kernels::avx2_vnni
