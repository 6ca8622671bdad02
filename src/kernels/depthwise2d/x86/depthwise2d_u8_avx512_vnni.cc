// Depthwise convolutions of u8 with vpdpbusd: four taps a multiplication.
#include <cstring>

#include "kernels/depthwise2d/x86/depthwise2d_quads_avx512.h"

#define OCTET_TARGET OCTET_AVX512_VNNI

namespace octet::kernels::avx512_vnni {

using namespace avx512;  // its vectors
#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_pixels.inl"
#include "kernels/depthwise2d/depthwise2d_u8.inl"

namespace {

OCTET_OP __m512i multiply_add(__m512i sum, __m512i x, __m512i w) { return _mm512_dpbusd_epi32(sum, x, w); }
OCTET_OP __m256i multiply_add(__m256i sum, __m256i x, __m256i w) { return _mm256_dpbusd_epi32(sum, x, w); }
OCTET_OP __m128i multiply_add(__m128i sum, __m128i x, __m128i w) { return _mm_dpbusd_epi32(sum, x, w); }

template <class R>
struct Quads : QuadsOf<R> {
  using Vector = typename R::Int;
  static constexpr auto kLaneOrder = depthwise::LaneOrder::kByQuads;
  static constexpr auto kTapOrder = depthwise::TapOrder::kQuads;
  static constexpr int kSpareVectors = 12;
  static constexpr int parts(int taps) { return (taps + 3) / 4; }

  template <class Finish>
  static constexpr RowFunctions<std::uint8_t> rows() {
    return rows_of<Quads, Finish>();
  }

  template <int kTaps>
  OCTET_OP static void read(const std::uint8_t* const* taps, Vector (&q)[parts(kTaps)][4]) {
    for (int part = 0; part < parts(kTaps); ++part) QuadsOf<R>::template interleave<kTaps>(taps, part * 4, q[part]);
  }
  OCTET_OP static Vector dot(Vector sum, Vector x, Vector w) { return multiply_add(sum, x, w); }
};

template <class R>
struct QuadsOfFew : Quads<R> {
  using Vectors = R;

  template <class Finish>
  static constexpr RowFunctions<std::uint8_t> rows() {
    return rows_of_pixels<QuadsOfFew, Finish>();
  }
};

constexpr depthwise::U8Kernels kKernels[] = {kernels_of<Zmm, Quads<Zmm>>(), kernels_of<Ymm, Quads<Ymm>>(), kernels_of<Xmm, Quads<Xmm>>()};

constexpr depthwise::U8Kernels kKernelsOf3x3[] = {kernels_of<Zmm, Quads<Zmm>>(), kernels_of<ZmmOfPixels<2>, QuadsOfFew<ZmmOfPixels<2>>>(),
                                                  kernels_of<ZmmOfPixels<4>, QuadsOfFew<ZmmOfPixels<4>>>()};

}  // namespace

std::unique_ptr<ConvolutionU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  const depthwise::Shape kind = depthwise::shape_class(shape);
  const bool is_3x3 = kind == depthwise::Shape::k3x3s1 || kind == depthwise::Shape::k3x3s2;
  return depthwise::make_packed_u8(isa, is_3x3 ? std::span(kKernelsOf3x3) : std::span(kKernels), shape, weights, in_zero_point,
                                   requantization);
}

}  // namespace octet::kernels::avx512_vnni
