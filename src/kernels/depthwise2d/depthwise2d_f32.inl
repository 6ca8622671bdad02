// Depthwise convolutions of floats, written once: see kernels/target.h. It takes depthwise2d_walk.inl, the activations and
//   kMostRows       rows of the output that are made at once at most, a power of two
//   kKeptWeights    how many weights fit into registers besides all else

namespace {

using depthwise::RowsPiece;
using F32Constants = depthwise::F32Constants<kLanes>;

OCTET_OP void store_channels(float* to, Vec values, int channels) {
  channels == kLanes ? store(to, values) : store_first(to, values, channels);
}

// Results between the limits of the activation; NaN stays.
struct Clamped {
  using Result = float;
  Vec lowest, highest;

  explicit OCTET_OP Clamped(const F32Constants& constants) : lowest(load(constants.lowest)), highest(load(constants.highest)) {}
  OCTET_OP void store_to(float* out, Vec sum, int channels) const { store_channels(out, clamp(sum, lowest, highest), channels); }
  OCTET_OP static void write(const F32Constants& constants, const Vec (&sums)[1], float* out, int channels) {
    Clamped(constants).store_to(out, sums[0], channels);
  }
};

// Results behind an activation of few operations.
template <Activation::Kind kKind>
struct Activated {
  using Result = float;
  Vec slope;

  explicit OCTET_OP Activated(const F32Constants& constants) : slope(set(constants.leak)) {}
  OCTET_OP void store_to(float* out, Vec sum, int channels) const { store_channels(out, activate<kKind>(sum, slope, slope), channels); }
  OCTET_OP static void write(const F32Constants& constants, const Vec (&sums)[1], float* out, int channels) {
    Activated(constants).store_to(out, sums[0], channels);
  }
};

// Results as bytes behind an activation of few operations, of which a leak, of 0 to 1, may be none.
template <Activation::Kind kKind>
struct Quantized {
  using Result = std::uint8_t;
  Vec lowest, highest, leak, inv_scale;
  Ints zero_point;

  explicit OCTET_OP Quantized(const F32Constants& constants)
      : lowest(load(constants.lowest)),
        highest(load(constants.highest)),
        leak(set(constants.leak)),
        inv_scale(load(constants.inv_scale)),
        zero_point(to_int(load(constants.zero_point))) {}
  OCTET_OP Vec active(Vec sum) const {
    if constexpr (kKind == Activation::Kind::kLeaky) return max(mul(sum, leak), sum);
    return activate<kKind>(sum, leak, leak);
  }
  OCTET_OP void store_to(std::uint8_t* out, Vec sum, int channels) const {
    const Ints bytes = add_ints(round_between(mul(active(sum), inv_scale), lowest, highest), zero_point);
    channels == kLanes ? store_bytes(out, bytes) : store_first_bytes(out, bytes, channels);
  }
  OCTET_OP static void write(const F32Constants& constants, const Vec (&sums)[1], std::uint8_t* out, int channels) {
    Quantized(constants).store_to(out, sums[0], channels);
  }
};

// The rows of the input below some rows of the output: kInside says that the image has all of them, which then lie evenly.
template <int kRows, bool kInside>
class InputRows {
 public:
  template <typename Result>
  explicit InputRows(const RowsPiece<Result>& piece)
      : pixel_step_(piece.in.pixel_stride), row_step_(piece.in.width * piece.in.pixel_stride) {
    const std::int64_t first = piece.y * piece.shape->stride_h - piece.shape->pad_top;
    if constexpr (kInside) {
      for (int i = 0; i < kBases; ++i) at_[i] = piece.in.pixel(first + i * kRowsPerBase, 0);
    } else {
      for (int i = 0; i < kRows; ++i) {
        const bool inside = piece.in.has_row(first + i);
        at_[i] = inside ? piece.in.pixel(first + i, 0) : depthwise::kZeros;
        steps_[i] = inside ? pixel_step_ : 0;
      }
    }
  }

  // The pixels of one column, from the first column on.
  OCTET_OP void read_next(Vec (&column)[kRows]) {
    if constexpr (kInside) {
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) column[i] = load(at_[i / kRowsPerBase] + i % kRowsPerBase * row_step_);
#pragma GCC unroll 8
      for (int i = 0; i < kBases; ++i) {
        at_[i] += pixel_step_;
        asm("" : "+r"(at_[i]));  // keeps GCC from making a pointer of every row
      }
    } else {
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        column[i] = load(at_[i]);
        at_[i] += steps_[i];
      }
    }
  }

 private:
  // Rows are addressed as base, base + step, base + 2 steps, for which there are registers.
  static constexpr int kRowsPerBase = 3, kBases = (kRows + kRowsPerBase - 1) / kRowsPerBase;
  const float* at_[kInside ? kBases : kRows] = {};
  std::int64_t steps_[kInside ? 1 : kRows] = {};
  std::int64_t pixel_step_, row_step_;
};

// Walks along the columns of the input, kRows rows of the output at once. A column is read once and added to every output that it belongs
// to, so that at each time kBegun outputs of a row besides the one that is being finished have part of their sums. Columns outside of the
// image add nothing.
template <class Finish, int kSize, int kStride, int kRows, bool kInside>
OCTET_TARGET void walk_rows(const RowsPiece<typename Finish::Result>& piece) {
  constexpr int kBegun = (kSize - 1) / kStride, kInRows = (kRows - 1) * kStride + kSize, kWeights = kSize * kSize;
  constexpr bool kKept = kWeights <= kKeptWeights;
  const auto& constants = *static_cast<const F32Constants*>(piece.block);
  const auto* const all_weights = reinterpret_cast<const Vec*>(&constants + 1);
  Vec kept[kKept ? kWeights : 1];
  if constexpr (kKept) {
#pragma GCC unroll 16
    for (int i = 0; i < kWeights; ++i) kept[i] = all_weights[i];
  }
  InputRows<kInRows, kInside> rows(piece);
  const Vec bias = load(constants.bias);
  const Finish finish(constants);
  const std::int64_t in_width = piece.in.width, out_width = piece.out.width;
  const std::int64_t out_step = piece.out.pixel_stride, out_row_step = out_width * out_step;
  const int channels = piece.channels;
  auto* out = piece.out.pixel(piece.y, 0);

  Vec sums[kRows][kBegun + 1];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 8
    for (int j = 0; j <= kBegun; ++j) sums[r][j] = bias;

  std::int64_t column = kSize - kStride - kBegun * kStride - piece.shape->pad_left;
  for (std::int64_t x = -kBegun; x < out_width; ++x) {
    const Vec* weights = kKept ? kept : opaque(all_weights);
#pragma GCC unroll 2
    for (int s = 0; s < kStride; ++s, ++column) {
      if (column < 0 || column >= in_width) continue;
      Vec in[kInRows];
      rows.read_next(in);
#pragma GCC unroll 8
      for (int ky = 0; ky < kSize; ++ky)
#pragma GCC unroll 8
        for (int j = 0; j <= kBegun; ++j) {
          const int kx = kSize - kStride + s - j * kStride;
          if (kx < 0) continue;
          const Vec w = weights[kx * kSize + ky];
#pragma GCC unroll 4
          for (int r = 0; r < kRows; ++r) sums[r][j] = fma(in[r * kStride + ky], w, sums[r][j]);
        }
    }
    if (x >= 0) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) finish.store_to(out + r * out_row_step, sums[r][0], channels);
      out += out_step;
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int j = 0; j < kBegun; ++j) sums[r][j] = sums[r][j + 1];
      sums[r][kBegun] = bias;
    }
  }
}

template <class Finish, int kSize, int kStride, int kRows>
void walk(const RowsPiece<typename Finish::Result>& piece) {
  const std::int64_t first = piece.y * kStride - piece.shape->pad_top, last = first + (kRows - 1) * kStride + kSize - 1;
  piece.in.has_row(first) && piece.in.has_row(last) ? walk_rows<Finish, kSize, kStride, kRows, true>(piece)
                                                    : walk_rows<Finish, kSize, kStride, kRows, false>(piece);
}

// What gather_row() takes.
struct Floats {
  using Element = float;
  using Vector = Vec;
  using Constants = F32Constants;
  static constexpr int kGroups = 1, kTapsAtOnce = 1;
  static constexpr int parts(int taps) { return taps; }

  static const float* outside(const Constants&) { return depthwise::kZeros; }
  OCTET_OP static Vec start(const Constants& constants, int) { return load(constants.bias); }

  template <int kTaps>
  OCTET_OP static void read(const float* const* taps, Vec (&q)[parts(kTaps)][1]) {
    for (int tap = 0; tap < kTaps; ++tap) q[tap][0] = load(taps[tap]);
  }
  OCTET_OP static Vec dot(Vec sum, Vec x, Vec w) { return fma(x, w, sum); }
};

template <class Finish, int kRows>
void gather(const RowsPiece<typename Finish::Result>& piece) {
  for (std::int64_t y = piece.y; y < piece.y + kRows; ++y)
    gather_row<Floats, Finish>(
        {piece.shape, piece.in, y, 0, piece.out.width, piece.block, piece.out.pixel(y, 0), piece.out.pixel_stride, piece.channels});
}

// Activates the channels of a block in some pixels.
template <Activation::Kind kKind>
OCTET_TARGET void activate_pixels(const Activation& activation, float* out, std::int64_t step, std::int64_t pixels, int channels) {
  const Vec a = set(activation.a), b = set(activation.b);
  for (; pixels > 0; --pixels, out += step) store_channels(out, activate<kKind>(load_first(out, channels, set(0.0f)), a, b), channels);
}

// In the order of Shape.
template <class Finish, int kRows>
constexpr depthwise::RowsFunctions<typename Finish::Result> functions_of_rows() {
  return {walk<Finish, 3, 1, kRows>, walk<Finish, 3, 2, kRows>, walk<Finish, 5, 1, kRows>,
          walk<Finish, 5, 2, kRows>, walk<Finish, 7, 1, kRows>, gather<Finish, kRows>};
}

template <class Finish>
constexpr std::array<depthwise::RowsFunctions<typename Finish::Result>, 3> functions_of() {
  return {functions_of_rows<Finish, 1>(), functions_of_rows<Finish, std::min(2, kMostRows)>(),
          functions_of_rows<Finish, std::min(4, kMostRows)>()};
}

template <int... kKinds>
constexpr depthwise::ActivatePixels activations(std::integer_sequence<int, kKinds...>) {
  return {activate_pixels<static_cast<Activation::Kind>(kKinds)>...};
}

constexpr depthwise::F32Kernels kKernels{kLanes,
                                         kMostRows,
                                         functions_of<Clamped>(),
                                         functions_of<Activated<Activation::Kind::kLeaky>>(),
                                         functions_of<Activated<Activation::Kind::kHSwish>>(),
                                         functions_of<Quantized<Activation::Kind::kLeaky>>(),
                                         functions_of<Quantized<Activation::Kind::kSwish>>(),
                                         functions_of<Quantized<Activation::Kind::kHSwish>>(),
                                         activations(std::make_integer_sequence<int, kActivationKinds>())};

}  // namespace

std::unique_ptr<ConvolutionF32> depthwise2d_f32(const Isa& isa, const Depthwise2dShape& shape, std::span<const float> weights,
                                                std::span<const float> bias, const Activation& activation) {
  return depthwise::make_packed_f32(isa, kKernels, shape, weights, bias, activation);
}

std::unique_ptr<QuantizingDepthwise2d> quantizing_depthwise2d(const Isa& isa, const Depthwise2dShape& shape, std::span<const float> weights,
                                                              const RequantizationTable& table) {
  return depthwise::make_packed_quantizing(isa, kKernels, shape, weights, table);
}
