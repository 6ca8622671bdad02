// The float levels. Included inside an unnamed namespace after OCTET_TARGET, OCTET_OP, the walk and a vector type `R`:
//   Float, kLanes, kSpareVectors, load, fma, min, max, set, store, and store_some for less than a vector.

template <class R, int kVectors>
struct Floats {
  using Element = float;
  using Vec = typename R::Float;
  static constexpr int kChannels = kVectors * R::kLanes, kGroups = kVectors, kTapsAtOnce = 1, kSpareVectors = R::kSpareVectors;
  using Constants = kernels::depthwise::F32Constants<kChannels>;
  static constexpr int parts(int taps) { return taps; }

  static const float* outside(const Constants&) { return kernels::depthwise::kZeros; }
  OCTET_OP Vec start(const Constants& constants, int group) { return R::load(constants.bias + group * R::kLanes); }

  template <int kTaps>
  OCTET_OP void load(const float* const* taps, Vec (&q)[parts(kTaps)][kVectors]) {
#pragma GCC unroll 8
    for (int tap = 0; tap < kTaps; ++tap)
#pragma GCC unroll 4
      for (int g = 0; g < kVectors; ++g) q[tap][g] = R::load(taps[tap] + g * R::kLanes);
  }
  OCTET_OP Vec dot(Vec sum, Vec x, Vec w) { return R::fma(x, w, sum); }
};

// Results between the limits of the activation; NaN stays.
template <class R, int kVectors>
struct Clamped {
  using Result = float;
  static constexpr int kChannels = kVectors * R::kLanes;
  OCTET_OP void store(const kernels::depthwise::F32Constants<kChannels>& constants, const typename R::Float (&sums)[kVectors], float* out,
                      int channels) {
    const auto lowest = R::set(constants.lowest), highest = R::set(constants.highest);
#pragma GCC unroll 4
    for (int g = 0; g < kVectors; ++g) {
      const auto result = R::min(highest, R::max(lowest, sums[g]));
      const int left = channels - g * R::kLanes;
      if (left >= R::kLanes) R::store(out + g * R::kLanes, result);
      else R::store_some(out + g * R::kLanes, result, left);
    }
  }
};

template <class R, int kVectors>
constexpr F32Kernels kernels_of() {
  using V = Floats<R, kVectors>;
  using F = Clamped<R, kVectors>;
  return {V::kChannels, {walk_row<V, F, 3, 1>, walk_row<V, F, 3, 2>, walk_row<V, F, 5, 1>, walk_row<V, F, 5, 2>, gather_row<V, F>}};
}
