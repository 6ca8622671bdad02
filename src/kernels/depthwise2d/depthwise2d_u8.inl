// What integer kernels make of their sums, written once: see kernels/target.h. It takes depthwise2d_walk.inl, vectors `R` of a block of
// channels, of R::kPixels pixels, and
//   store_rounded<R>(constants, reals, channels, StoredPixels)
//   store_two<R>(constants, first, second, out, out_step)     where V walks along columns: of two pixels, all channels of a block
//   half_of_results<R>(constants, even, odd, half), store_halves<R>(constants, halves, channels, StoredPixels)     where V takes Results
// which round values that fit into 32 bits or are too small for that: these, and NaN, become the smallest integer. What is no byte is
// brought to 0 or 255 by the saturation of its packs, and then to the limits of the block.

namespace {

template <class R>
using ConstantsOf = depthwise::U8Constants<R::kChannels>;

template <class R>
OCTET_OP typename R::Float scaled(const ConstantsOf<R>& constants, typename R::Int sum, int group) {
  return R::fma(R::to_float(sum), R::load_f32(constants.multiplier + group * R::kLanes), R::load_f32(constants.offset + group * R::kLanes));
}

// For tables that are brief.
template <class R, Brief kBrief>
struct ToU8 {
  using Result = std::uint8_t;
  OCTET_OP static void write(const ConstantsOf<R>& constants, const typename R::Int (&sums)[R::kGroups], std::uint8_t* out, int channels) {
    typename R::Float real[R::kGroups];
#pragma GCC unroll 4
    for (int g = 0; g < R::kGroups; ++g) real[g] = active(constants, sums[g], g);
    store_rounded<R>(constants, real, channels, {out});
  }
  OCTET_OP static void write_two(const ConstantsOf<R>& constants, const typename R::Int (&first)[R::kGroups],
                                 const typename R::Int (&second)[R::kGroups], std::uint8_t* out, std::int64_t out_step) {
    typename R::Float real[2][R::kGroups];
#pragma GCC unroll 4
    for (int g = 0; g < R::kGroups; ++g) {
      real[0][g] = active(constants, first[g], g);
      real[1][g] = active(constants, second[g], g);
    }
    store_two<R>(constants, real[0], real[1], out, out_step);
  }
  // The results of kCount pixels, or sets of them, whose sums come group by group.
  template <int kCount>
  class Results {
   public:
    OCTET_OP void take(const ConstantsOf<R>& constants, int group, const typename R::Int (&sums)[kCount]) {
#pragma GCC unroll 4
      for (int i = 0; i < kCount; ++i) {
        const typename R::Float real = active(constants, sums[i], group);
        if (group % 2 == 0)
          even_[i] = real;
        else
          halves_[i][group / 2] = half_of_results<R>(constants, even_[i], real, group / 2);
      }
    }
    OCTET_OP void store(const ConstantsOf<R>& constants, int i, int channels, depthwise::StoredPixels<std::uint8_t> to) const {
      store_halves<R>(constants, halves_[i], channels, to);
    }

   private:
    typename R::Float even_[kCount];
    typename R::Int halves_[kCount][2];
  };
  OCTET_OP static typename R::Float active(const ConstantsOf<R>& constants, typename R::Int sum, int group) {
    typename R::Float real = scaled<R>(constants, sum, group);
    if constexpr (kBrief == Brief::kLeaky) real = R::max(real, R::mul(real, R::broadcast(constants.leak)));  // for leaks up to 1
    if constexpr (kBrief == Brief::kScaled) real = R::mul(real, R::load_f32(constants.inv_scale + group * R::kLanes));
    return real;
  }
};

template <class R>
struct ToReal {
  using Result = float;
  OCTET_OP static void write(const ConstantsOf<R>& constants, const typename R::Int (&sums)[R::kGroups], float* out, int) {
#pragma GCC unroll 4
    for (int g = 0; g < R::kGroups; ++g) R::store_f32(out + g * R::kLanes, scaled<R>(constants, sums[g], g));
  }
  OCTET_OP static void write_two(const ConstantsOf<R>& constants, const typename R::Int (&first)[R::kGroups],
                                 const typename R::Int (&second)[R::kGroups], float* out, std::int64_t out_step) {
    write(constants, first, out, R::kChannels);
    write(constants, second, out + out_step, R::kChannels);
  }
  template <int kCount>
  class Results {
   public:
    OCTET_OP void take(const ConstantsOf<R>&, int group, const typename R::Int (&sums)[kCount]) {
#pragma GCC unroll 4
      for (int i = 0; i < kCount; ++i) sums_[i][group] = sums[i];
    }
    OCTET_OP void store(const ConstantsOf<R>& constants, int i, int channels, depthwise::StoredPixels<float> to) const {
      write(constants, sums_[i], to.first, channels);
    }

   private:
    typename R::Int sums_[kCount][R::kGroups];
  };
};

template <class R>
OCTET_TARGET void finish(const void* block, const float* real, std::int64_t pixels, std::uint8_t* out, std::int64_t out_step,
                         int channels) {
  const auto& constants = *static_cast<const ConstantsOf<R>*>(block);
  for (std::int64_t pixel = 0; pixel < pixels; pixel += R::kPixels, real += R::kChannels, out += R::kPixels * out_step) {
    typename R::Float limited[R::kGroups];
#pragma GCC unroll 4
    for (int g = 0; g < R::kGroups; ++g) {
      const auto t = R::mul(R::load_f32(real + g * R::kLanes), R::load_f32(constants.inv_scale + g * R::kLanes));
      const auto above = R::max(t, R::load_f32(constants.lowest + g * R::kLanes));  // this operand order sends NaN to lowest
      limited[g] = R::min(above, R::load_f32(constants.highest + g * R::kLanes));
    }
    store_rounded<R>(constants, limited, channels, {out, out_step, pixels - pixel});
  }
}

// The same of a requantization that rounds first, its activation included: of some sets of vectors at once, so that a bundle is full.
template <class R, Activation::Kind kKind>
OCTET_TARGET void finish_numbers(const void* block, const Activation& activation, const float* real, std::int64_t pixels, std::uint8_t* out,
                                 std::int64_t out_step, int channels) {
  constexpr int kParts = R::kParts, kSets = kParts / R::kGroups, kPixels = kSets * R::kPixels;
  static_assert(kParts * R::kLanes <= depthwise::kMostTogether);
  const auto& constants = *static_cast<const ConstantsOf<R>*>(block);
  for (; pixels > 0; pixels -= kPixels, real += kParts * R::kLanes, out += kPixels * out_step) {
    typename R::Bundle active;
#pragma GCC unroll 16
    for (int i = 0; i < kParts; ++i) active.part[i] = R::load_f32(real + i * R::kLanes);
    active = R::template activate<kKind>(active, activation.a, activation.b);
#pragma GCC unroll 4
    for (int set = 0; set < kSets; ++set) {
      const int first = set * R::kPixels;
      if (first >= pixels) break;
      typename R::Float scaled[R::kGroups];
#pragma GCC unroll 4
      for (int g = 0; g < R::kGroups; ++g)
        scaled[g] = R::mul(active.part[set * R::kGroups + g], R::load_f32(constants.inv_scale + g * R::kLanes));
      store_rounded<R>(constants, scaled, channels, {out + first * out_step, out_step, pixels - first});
    }
  }
}

template <class R, int... kKinds>
constexpr depthwise::FinishNumbers finishes_of(std::integer_sequence<int, kKinds...>) {
  return {finish_numbers<R, static_cast<Activation::Kind>(kKinds)>...};
}

// The kernels of sums that `V` makes in vectors `R`.
template <class R, class V>
constexpr depthwise::U8Kernels kernels_of() {
  return {
      R::kChannels / R::kPixels,
      R::kPixels,
      R::kLanes,
      V::kRows,
      V::kLaneOrder,
      V::kTapOrder,
      {V::template rows<ToU8<R, Brief::kPlain>>(), V::template rows<ToU8<R, Brief::kLeaky>>(), V::template rows<ToU8<R, Brief::kScaled>>()},
      V::template rows<ToReal<R>>(),
      finish<R>,
      finishes_of<R>(std::make_integer_sequence<int, kActivationKinds>())};
}

}  // namespace
