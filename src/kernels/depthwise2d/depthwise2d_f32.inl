// The float levels. Included inside an unnamed namespace after OCTET_TARGET, OCTET_OP, the walk and a vector type `R`:
//   Float, kLanes, kSpareVectors, load, fma, min, max, set, store, and store_some for less than a vector.

template <class R>
struct Floats {
  using Element = float;
  using Vec = typename R::Float;
  using Constants = kernels::depthwise::F32Constants<R::kLanes>;
  static constexpr int kChannels = R::kLanes, kGroups = 1, kTapsAtOnce = 1, kSpareVectors = R::kSpareVectors;
  static constexpr int parts(int taps) { return taps; }

  static const float* outside(const Constants&) { return kernels::depthwise::kZeros; }
  OCTET_OP Vec start(const Constants& constants, int) { return R::load(constants.bias); }

  template <int kTaps>
  OCTET_OP void load(const float* const* taps, Vec (&q)[parts(kTaps)][1]) {
#pragma GCC unroll 8
    for (int tap = 0; tap < kTaps; ++tap) q[tap][0] = R::load(taps[tap]);
  }
  OCTET_OP Vec dot(Vec sum, Vec x, Vec w) { return R::fma(x, w, sum); }
};

// Results between the limits of the activation; NaN stays.
template <class R>
struct Clamped {
  using Result = float;
  OCTET_OP void store(const kernels::depthwise::F32Constants<R::kLanes>& constants, const typename R::Float (&sums)[1], float* out,
                      int channels) {
    const auto result = R::min(R::set(constants.highest), R::max(R::set(constants.lowest), sums[0]));
    if (channels == R::kLanes)
      R::store(out, result);
    else
      R::store_some(out, result, channels);
  }
};
