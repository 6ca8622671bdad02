// Depthwise convolutions of u8 with vpdpbusd: four taps a multiplication.
#include "kernels/depthwise2d/x86/depthwise2d_quads_avx512.h"

namespace octet::kernels::avx512_vnni {
namespace {

using kernels::depthwise::LaneOrder;
using kernels::depthwise::RowFunctions;
using kernels::depthwise::RowPiece;
using kernels::depthwise::TapOrder;
using kernels::depthwise::U8Kernels;
using namespace avx512::depthwise;

#define OCTET_TARGET OCTET_AVX512_VNNI
#include "kernels/depthwise2d/depthwise2d_walk.inl"

#define OCTET_OP OCTET_AVX512_VNNI __attribute__((always_inline)) static inline

OCTET_OP __m512i multiply_add(__m512i sum, __m512i x, __m512i w) { return _mm512_dpbusd_epi32(sum, x, w); }
OCTET_OP __m256i multiply_add(__m256i sum, __m256i x, __m256i w) { return _mm256_dpbusd_epi32(sum, x, w); }
OCTET_OP __m128i multiply_add(__m128i sum, __m128i x, __m128i w) { return _mm_dpbusd_epi32(sum, x, w); }

template <class R>
struct Quads : QuadsOf<R> {
  using Vec = typename R::Int;
  static constexpr int kSpareVectors = 12;
  static constexpr int parts(int taps) { return (taps + 3) / 4; }

  template <int kTaps>
  OCTET_OP void load(const std::uint8_t* const* taps, Vec (&q)[parts(kTaps)][4]) {
    for (int part = 0; part < parts(kTaps); ++part) QuadsOf<R>::template interleave<kTaps>(taps, part * 4, q[part]);
  }
  OCTET_OP Vec dot(Vec sum, Vec x, Vec w) { return multiply_add(sum, x, w); }
};

template <class R>
constexpr U8Kernels kernels_of() {
  using V = Quads<R>;
  return {R::kBytes, R::kBytes / 4, LaneOrder::kByQuads, TapOrder::kQuads, rows_of<V, ToU8<R>>(), rows_of<V, ToReal<R>>(), finish<R>};
}

constexpr U8Kernels kKernels[] = {kernels_of<Zmm>(), kernels_of<Ymm>(), kernels_of<Xmm>()};

}  // namespace

std::unique_ptr<Depthwise2dU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int8_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  return kernels::depthwise::make_packed_u8(isa, kKernels, shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels::avx512_vnni
