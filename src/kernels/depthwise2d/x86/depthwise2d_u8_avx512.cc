// Depthwise convolutions of u8 with AVX-512 but no VNNI: bytes of four taps are split into two pairs of 16 bits for
// vpmaddwd, which is exact for any weights.
#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/depthwise2d/x86/depthwise2d_vectors_avx512.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

#include "kernels/depthwise2d/x86/depthwise2d_quads.inl"
#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_u8.inl"

namespace {

template <class R>
struct SplitQuads : QuadsOf<R> {
  using Vector = typename R::Int;
  static constexpr auto kLaneOrder = depthwise::LaneOrder::kByQuads;
  static constexpr auto kTapOrder = depthwise::TapOrder::kSplitQuads;
  static constexpr int kSpareVectors = 0;
  static constexpr int parts(int taps) { return (taps + 3) / 4 * 2; }

  template <class Finish>
  static constexpr RowFunctions<std::uint8_t> rows() {
    return rows_of<SplitQuads, Finish>();
  }

  template <int kTaps>
  OCTET_OP static void read(const std::uint8_t* const* taps, Vector (&q)[parts(kTaps)][4]) {
    for (int quad = 0; quad < parts(kTaps) / 2; ++quad) {
      Vector bytes[4];
      QuadsOf<R>::template interleave<kTaps>(taps, quad * 4, bytes);
#pragma GCC unroll 4
      for (int g = 0; g < 4; ++g) {
        q[2 * quad][g] = R::even_bytes(bytes[g]);
        q[2 * quad + 1][g] = R::odd_bytes(bytes[g]);
      }
    }
  }
  OCTET_OP static Vector dot(Vector sum, Vector x, Vector w) { return R::madd(sum, x, w); }
};

constexpr depthwise::U8Kernels kKernels[] = {kernels_of<Zmm, SplitQuads<Zmm>>(), kernels_of<Ymm, SplitQuads<Ymm>>(),
                                             kernels_of<Xmm, SplitQuads<Xmm>>()};

}  // namespace

std::unique_ptr<ConvolutionU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  return depthwise::make_packed_u8(isa, kKernels, shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels::avx512
