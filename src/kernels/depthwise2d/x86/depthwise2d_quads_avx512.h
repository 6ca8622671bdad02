#pragma once

#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/depthwise2d/x86/depthwise2d_vectors_avx512.h"

// What the two integer kernels with AVX-512 share: bytes of four taps are interleaved into the lanes of 32 bits.
namespace octet::kernels::avx512 {

#define OCTET_TARGET OCTET_AVX512

template <class R>
struct QuadsOf {
  using Element = std::uint8_t;
  using Vector = typename R::Int;
  using Constants = depthwise::U8Constants<R::kChannels>;
  static constexpr int kGroups = 4, kTapsAtOnce = 4;

  static const std::uint8_t* outside(const Constants& constants) { return constants.outside; }
  OCTET_OP static Vector start(const Constants& constants, int group) { return R::load(constants.start + group * R::kLanes); }

  // Taps first to first + 3 of `taps`; those beyond are zero.
  template <int kTaps>
  OCTET_OP static void interleave(const std::uint8_t* const* taps, int first, Vector (&q)[4]) {
    Vector x[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) x[i] = first + i < kTaps ? R::load(taps[first + i]) : R::zero();
    interleave(x, q);
  }

  OCTET_OP static void interleave(const Vector (&x)[4], Vector (&q)[4]) {
    const Vector low01 = R::unpack_low_8(x[0], x[1]), high01 = R::unpack_high_8(x[0], x[1]);
    const Vector low23 = R::unpack_low_8(x[2], x[3]), high23 = R::unpack_high_8(x[2], x[3]);
    q[0] = R::unpack_low_16(low01, low23);
    q[1] = R::unpack_high_16(low01, low23);
    q[2] = R::unpack_low_16(high01, high23);
    q[3] = R::unpack_high_16(high01, high23);
  }
};

// As depthwise2d_u8.inl wants it.
template <class R>
OCTET_OP void store_rounded(const depthwise::U8Constants<R::kChannels>& constants, const typename R::Float (&real)[4], int channels,
                            depthwise::StoredPixels<std::uint8_t> to) {
  const auto first = R::pack_32(R::round(real[0]), R::round(real[1])), second = R::pack_32(R::round(real[2]), R::round(real[3]));
  const auto low = R::add_16(first, R::load(constants.zero_point));
  const auto high = R::add_16(second, R::load(constants.zero_point + R::kChannels / 2));
  const auto bytes = R::min_8(R::max_8(R::pack_16(low, high), R::load(constants.lowest_u8)), R::load(constants.highest_u8));
  if constexpr (R::kPixels > 1) return R::store_pixels(to.first, to.step, bytes, to.count, channels);
  channels == R::kChannels ? R::store(to.first, bytes) : R::store_some(to.first, bytes, channels);
}

#undef OCTET_TARGET

}  // namespace octet::kernels::avx512
