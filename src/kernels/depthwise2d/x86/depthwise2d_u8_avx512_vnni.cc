// Depthwise convolutions of u8 with vpdpbusd: four taps a multiplication.
#include <cstring>

#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/depthwise2d/x86/depthwise2d_vectors_avx512.h"

#define OCTET_TARGET OCTET_AVX512_VNNI

namespace octet::kernels::avx512_vnni {

using namespace avx512;  // its vectors
#include "kernels/depthwise2d/x86/depthwise2d_quads.inl"
#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_pixels.inl"
#include "kernels/depthwise2d/depthwise2d_u8.inl"

namespace {

OCTET_OP __m512i multiply_add(__m512i sum, __m512i x, __m512i w) { return _mm512_dpbusd_epi32(sum, x, w); }
OCTET_OP __m256i multiply_add(__m256i sum, __m256i x, __m256i w) { return _mm256_dpbusd_epi32(sum, x, w); }
OCTET_OP __m128i multiply_add(__m128i sum, __m128i x, __m128i w) { return _mm_dpbusd_epi32(sum, x, w); }

#include "kernels/depthwise2d/x86/depthwise2d_dot_quads.inl"

constexpr int kSpare = 12;

#include "kernels/depthwise2d/x86/depthwise2d_windows.inl"

constexpr depthwise::U8Kernels kKernels[] = {kernels_of<Zmm, Quads<Zmm, kSpare>>(), kernels_of<Ymm, Quads<Ymm, kSpare>>(),
                                             kernels_of<Xmm, Quads<Xmm, kSpare>>()};

constexpr depthwise::U8Kernels kKernelsOf3x3[] = {kernels_of<Zmm, QuadsOfWindows<Zmm, kSpare, 2>>(),
                                                  kernels_of<ZmmOfPixels<2>, QuadsOfPixels<ZmmOfPixels<2>, kSpare, 2>>(),
                                                  kernels_of<ZmmOfPixels<4>, QuadsOfPixels<ZmmOfPixels<4>, kSpare, 2>>()};

}  // namespace

std::unique_ptr<ConvolutionU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  return depthwise::make_packed_u8(isa, depthwise::is_3x3(shape) ? std::span(kKernelsOf3x3) : std::span(kKernels), shape, weights,
                                   in_zero_point, requantization);
}

}  // namespace octet::kernels::avx512_vnni
