// What kernels share that interleave the bytes of four taps into lanes of 32 bits: to be included where OCTET_TARGET and the vectors `R`
// are defined.

namespace {

template <class R>
struct QuadsOf {
  using Element = std::uint8_t;
  using Vector = typename R::Int;
  using Constants = depthwise::U8Constants<R::kChannels>;
  static constexpr int kGroups = 4, kTapsAtOnce = 4, kRows = 1;

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

// Groups 2 * half and 2 * half + 1 of a set of vectors as words, their zero points added.
template <class R>
OCTET_OP typename R::Int half_of_results(const depthwise::U8Constants<R::kChannels>& constants, typename R::Float even,
                                         typename R::Float odd, int half) {
  return R::add_16(R::pack_32(R::round(even), R::round(odd)), R::load(constants.zero_point + half * (R::kChannels / 2)));
}

template <class R>
OCTET_OP void store_halves(const depthwise::U8Constants<R::kChannels>& constants, const typename R::Int (&halves)[2], int channels,
                           depthwise::StoredPixels<std::uint8_t> to) {
  const auto saturated = R::pack_16(halves[0], halves[1]);
  const auto bytes = R::min_8(R::max_8(saturated, R::load(constants.lowest_u8)), R::load(constants.highest_u8));
  if constexpr (R::kPixels > 1) return R::store_pixels(to.first, to.step, bytes, to.count, channels);
  channels == R::kChannels ? R::store(to.first, bytes) : R::store_some(to.first, bytes, channels);
}

// As depthwise2d_u8.inl wants it.
template <class R>
OCTET_OP void store_rounded(const depthwise::U8Constants<R::kChannels>& constants, const typename R::Float (&real)[4], int channels,
                            depthwise::StoredPixels<std::uint8_t> to) {
  const typename R::Int halves[] = {half_of_results<R>(constants, real[0], real[1], 0), half_of_results<R>(constants, real[2], real[3], 1)};
  store_halves<R>(constants, halves, channels, to);
}

}  // namespace
