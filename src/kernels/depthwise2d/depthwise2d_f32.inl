// Depthwise convolutions of floats, written once: see kernels/target.h. It takes depthwise2d_walk.inl and
//   kSpareRegisters   how many weights fit into registers besides all else

namespace {

struct Floats {
  using Element = float;
  using Vector = Vec;
  using Constants = depthwise::F32Constants<kLanes>;
  static constexpr int kGroups = 1, kTapsAtOnce = 1, kSpareVectors = kSpareRegisters;
  static constexpr int parts(int taps) { return taps; }

  static const float* outside(const Constants&) { return depthwise::kZeros; }
  OCTET_OP static Vec start(const Constants& constants, int) { return load(constants.bias); }

  template <int kTaps>
  OCTET_OP static void read(const float* const* taps, Vec (&q)[parts(kTaps)][1]) {
#pragma GCC unroll 8
    for (int tap = 0; tap < kTaps; ++tap) q[tap][0] = load(taps[tap]);
  }
  OCTET_OP static Vec dot(Vec sum, Vec x, Vec w) { return fma(x, w, sum); }
};

// Results between the limits of the activation; NaN stays.
struct Clamped {
  using Result = float;
  OCTET_OP static void write(const Floats::Constants& constants, const Vec (&sums)[1], float* out, int channels) {
    const Vec result = min(set(constants.highest), max(set(constants.lowest), sums[0]));
    channels == kLanes ? store(out, result) : store_first(out, result, channels);
  }
};

constexpr depthwise::F32Kernels kKernels[] = {{kLanes, rows_of<Floats, Clamped>()}};

}  // namespace

std::unique_ptr<ConvolutionF32> depthwise2d_f32(const Isa& isa, const Depthwise2dShape& shape, std::span<const float> weights,
                                                std::span<const float> bias, const Activation& activation) {
  return depthwise::make_packed_f32(isa, kKernels, shape, weights, bias, activation);
}
