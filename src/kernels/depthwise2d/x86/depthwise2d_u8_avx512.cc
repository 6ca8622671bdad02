// Depthwise convolutions of u8 with AVX-512 but no VNNI: bytes of four taps are split into two pairs of 16 bits for
// vpmaddwd, which is exact for any weights.
#include "kernels/depthwise2d/x86/depthwise2d_quads_avx512.h"

namespace octet::kernels::avx512 {
namespace {

using kernels::depthwise::LaneOrder;
using kernels::depthwise::RowFunctions;
using kernels::depthwise::RowPiece;
using kernels::depthwise::TapOrder;
using kernels::depthwise::U8Kernels;
using namespace avx512::depthwise;

#define OCTET_TARGET OCTET_AVX512
#include "kernels/depthwise2d/depthwise2d_walk.inl"

#define OCTET_OP OCTET_AVX512 __attribute__((always_inline)) static inline

template <class R>
struct SplitQuads : QuadsOf<R> {
  using Vec = typename R::Int;
  static constexpr int kSpareVectors = 0;
  static constexpr int parts(int taps) { return (taps + 3) / 4 * 2; }

  template <int kTaps>
  OCTET_OP void load(const std::uint8_t* const* taps, Vec (&q)[parts(kTaps)][4]) {
    for (int quad = 0; quad < parts(kTaps) / 2; ++quad) {
      Vec bytes[4];
      QuadsOf<R>::template interleave<kTaps>(taps, quad * 4, bytes);
#pragma GCC unroll 4
      for (int g = 0; g < 4; ++g) {
        q[2 * quad][g] = R::even_bytes(bytes[g]);
        q[2 * quad + 1][g] = R::odd_bytes(bytes[g]);
      }
    }
  }
  OCTET_OP Vec dot(Vec sum, Vec x, Vec w) { return R::madd(sum, x, w); }
};

template <class R>
constexpr U8Kernels kernels_of() {
  using V = SplitQuads<R>;
  return {R::kBytes, R::kBytes / 4, LaneOrder::kByQuads, TapOrder::kSplitQuads, rows_of<V, ToU8<R>>(), rows_of<V, ToReal<R>>(), finish<R>};
}

constexpr U8Kernels kKernels[] = {kernels_of<Zmm>(), kernels_of<Ymm>(), kernels_of<Xmm>()};

}  // namespace

std::unique_ptr<Depthwise2dU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int8_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  return kernels::depthwise::make_packed_u8(isa, kKernels, shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels::avx512
