// Depthwise convolutions of u8 with NEON: products of words, two taps a step, which are exact for any weights. A step is 16 channels, in
// four vectors of sums.
#include <cstdint>
#include <utility>

#include "kernels/activation/arm/activation_neon.h"
#include "kernels/depthwise2d/depthwise2d_rows.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {
namespace {

using Constants = depthwise::U8Constants<16>;

// The vectors of a block, for depthwise2d_u8.inl.
struct FourVectors {
  using Int = Ints;
  using Float = Vec;
  static constexpr int kChannels = 16, kPixels = 1, kLanes = 4, kGroups = 4;

  OCTET_OP static Vec load_f32(const float* from) { return load(from); }
  OCTET_OP static void store_f32(float* to, Vec x) { store(to, x); }
  OCTET_OP static Vec to_float(Ints x) { return neon::to_float(x); }
  OCTET_OP static Vec fma(Vec a, Vec b, Vec c) { return neon::fma(a, b, c); }
  OCTET_OP static Vec broadcast(float value) { return set(value); }
  OCTET_OP static Vec mul(Vec a, Vec b) { return neon::mul(a, b); }
  OCTET_OP static Vec min(Vec a, Vec b) { return neon::min(a, b); }
  OCTET_OP static Vec max(Vec a, Vec b) { return neon::max(a, b); }
  using Bundle = bundle::Vec;
  static constexpr int kParts = bundle::kParts;
  template <Activation::Kind kKind>
  OCTET_OP static Bundle activate(const Bundle& x, float a, float b) {
    return bundle::activate_number<kKind>(x, bundle::set(a), bundle::set(b));
  }
};

// As depthwise2d_u8.inl wants it.
template <class>
OCTET_OP void store_rounded(const Constants& constants, const Vec (&real)[4], int channels, depthwise::StoredPixels<std::uint8_t> to) {
  const Ints low = add_words(pack_words(to_int(real[0]), to_int(real[1])), load_ints(constants.zero_point));
  const Ints high = add_words(pack_words(to_int(real[2]), to_int(real[3])), load_ints(constants.zero_point + kWords));
  const Ints bytes = pack_bytes(low, high);
  const Ints result = min_bytes(max_bytes(bytes, load_ints(constants.lowest_u8)), load_ints(constants.highest_u8));
  if (channels == FourVectors::kChannels) return store_ints(to.first, result);
  store_half(to.first, low_half(result), channels);
  if (channels > 8) store_half(to.first + 8, high_half(result), channels - 8);
}

template <class R>
OCTET_OP void store_two(const Constants& constants, const Vec (&first)[4], const Vec (&second)[4], std::uint8_t* out,
                        std::int64_t out_step) {
  store_rounded<R>(constants, first, R::kChannels, {out});
  store_rounded<R>(constants, second, R::kChannels, {out + out_step});
}

}  // namespace

#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_columns.inl"
#include "kernels/depthwise2d/depthwise2d_u8.inl"

namespace {

#include "kernels/depthwise2d/depthwise2d_pairs.inl"

struct Pairs : PairsOfTaps<16> {
  static constexpr auto kTapOrder = depthwise::TapOrder::kTwoColumnsByHalves;
  template <class Finish>
  static constexpr RowFunctions<Element> rows() {
    return rows_by_columns<Pairs, Finish>();
  }

  // Words of four channels at the first tap, then at the second.
  template <int kTaps>
  OCTET_OP static void read(const std::uint8_t* const* taps, Ints (&q)[parts(kTaps)][4]) {
    static_assert(kTaps == kTapsAtOnce);
    const uint32x4_t a = vreinterpretq_u32_u8(vld1q_u8(taps[0])), b = vreinterpretq_u32_u8(vld1q_u8(taps[1]));
    const uint8x16_t low = vreinterpretq_u8_u32(vzip1q_u32(a, b)), high = vreinterpretq_u8_u32(vzip2q_u32(a, b));
    q[0][0] = vreinterpretq_s32_u16(vmovl_u8(vget_low_u8(low)));
    q[0][1] = vreinterpretq_s32_u16(vmovl_high_u8(low));
    q[0][2] = vreinterpretq_s32_u16(vmovl_u8(vget_low_u8(high)));
    q[0][3] = vreinterpretq_s32_u16(vmovl_high_u8(high));
  }
  OCTET_OP static Ints dot(Ints sum, Ints x, const Ints& w) {
    const Ints first = vmlal_s16(sum, vget_low_s16(as_words(x)), vget_low_s16(as_words(w)));
    return vmlal_high_s16(first, as_words(x), as_words(w));
  }
};

constexpr depthwise::U8Kernels kKernels[] = {kernels_of<FourVectors, Pairs>()};

}  // namespace

std::unique_ptr<ConvolutionU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  return depthwise::make_packed_u8(isa, kKernels, shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels::neon
