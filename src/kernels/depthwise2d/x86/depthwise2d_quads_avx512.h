#pragma once

#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/depthwise2d/x86/depthwise2d_vectors_avx512.h"

// What the two integer levels with AVX-512 share: bytes of four taps are interleaved into the lanes of 32 bits.
namespace octet::kernels::avx512::depthwise {

#define OCTET_STEP OCTET_AVX512 __attribute__((always_inline)) static inline

template <class R>
struct QuadsOf {
  using Element = std::uint8_t;
  using Vec = typename R::Int;
  using Constants = kernels::depthwise::U8Constants<R::kBytes>;
  static constexpr int kChannels = R::kBytes, kLanes = R::kBytes / 4, kGroups = 4, kTapsAtOnce = 4;

  static const std::uint8_t* outside(const Constants& constants) { return constants.outside; }
  OCTET_STEP Vec start(const Constants& constants, int group) { return R::load(constants.start + group * kLanes); }

  // Taps first to first + 3 of `taps`; those beyond are zero.
  template <int kTaps>
  OCTET_STEP void interleave(const std::uint8_t* const* taps, int first, Vec (&q)[4]) {
    Vec x[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) x[i] = first + i < kTaps ? R::load(taps[first + i]) : R::zero();
    const Vec low01 = R::unpack_low_8(x[0], x[1]), high01 = R::unpack_high_8(x[0], x[1]);
    const Vec low23 = R::unpack_low_8(x[2], x[3]), high23 = R::unpack_high_8(x[2], x[3]);
    q[0] = R::unpack_low_16(low01, low23);
    q[1] = R::unpack_high_16(low01, low23);
    q[2] = R::unpack_low_16(high01, high23);
    q[3] = R::unpack_high_16(high01, high23);
  }
};

// Rounds four groups of values that are not above 255 minus the zero point. What is too small, and NaN, which becomes
// the smallest integer, is brought to 0 by the saturation of the packs.
template <class R>
OCTET_STEP void store_rounded(const kernels::depthwise::U8Constants<R::kBytes>& constants, const typename R::Float (&real)[4],
                              std::uint8_t* out, int channels) {
  const auto first = R::pack_32(R::round(real[0]), R::round(real[1])), second = R::pack_32(R::round(real[2]), R::round(real[3]));
  const auto low = R::add_16(first, R::load(constants.zero_point));
  const auto high = R::add_16(second, R::load(constants.zero_point + R::kBytes / 2));
  const auto bytes = R::pack_16(low, high);
  if (channels == R::kBytes)
    R::store(out, bytes);
  else
    R::store_some(out, bytes, channels);
}

template <class R>
OCTET_STEP typename R::Float scaled(const kernels::depthwise::U8Constants<R::kBytes>& constants, typename R::Int sum, int group) {
  constexpr int kLanes = R::kBytes / 4;
  return R::fma(R::to_float(sum), R::load_f32(constants.multiplier + group * kLanes), R::load_f32(constants.offset + group * kLanes));
}

template <class R>
struct ToU8 {
  using Result = std::uint8_t;
  OCTET_STEP void store(const kernels::depthwise::U8Constants<R::kBytes>& constants, const typename R::Int (&sums)[4], std::uint8_t* out,
                        int channels) {
    typename R::Float real[4];
#pragma GCC unroll 4
    for (int g = 0; g < 4; ++g)  // this operand order keeps NaN
      real[g] = R::min(R::load_f32(constants.highest + g * (R::kBytes / 4)), scaled<R>(constants, sums[g], g));
    store_rounded<R>(constants, real, out, channels);
  }
};

template <class R>
struct ToReal {
  using Result = float;
  OCTET_STEP void store(const kernels::depthwise::U8Constants<R::kBytes>& constants, const typename R::Int (&sums)[4], float* out, int) {
#pragma GCC unroll 4
    for (int g = 0; g < 4; ++g) R::store_f32(out + g * (R::kBytes / 4), scaled<R>(constants, sums[g], g));
  }
};

template <class R>
OCTET_AVX512 void finish(const void* block, const float* real, std::int64_t pixels, std::uint8_t* out, std::int64_t out_step,
                         int channels) {
  constexpr int kLanes = R::kBytes / 4;
  const auto& constants = *static_cast<const kernels::depthwise::U8Constants<R::kBytes>*>(block);
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel, real += R::kBytes, out += out_step) {
    typename R::Float limited[4];
#pragma GCC unroll 4
    for (int g = 0; g < 4; ++g) {
      const auto t = R::mul(R::load_f32(real + g * kLanes), R::load_f32(constants.inv_scale + g * kLanes));
      const auto above = R::max(t, R::load_f32(constants.lowest + g * kLanes));  // this operand order sends NaN to lowest
      limited[g] = R::min(above, R::load_f32(constants.highest + g * kLanes));
    }
    store_rounded<R>(constants, limited, out, channels);
  }
}

}  // namespace octet::kernels::avx512::depthwise
