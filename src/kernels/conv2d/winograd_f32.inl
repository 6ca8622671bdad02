// The transforms of Winograd in floats, written once: see kernels/target.h and winograd_f32.h. The activations are included before.

namespace {

// The values of a window `from_step` apart, as one row or column of the input's transform.
template <int kTile>
OCTET_OP void transform_input_line(const Vec* from, int from_step, Vec* to, int to_step) {
  const Vec d0 = from[0], d1 = from[from_step], d2 = from[2 * from_step], d3 = from[3 * from_step];
  if constexpr (kTile == 2) {
    to[0] = sub(d0, d2);
    to[to_step] = add(d1, d2);
    to[2 * to_step] = sub(d2, d1);
    to[3 * to_step] = sub(d3, d1);
  } else {
    const Vec d4 = from[4 * from_step], d5 = from[5 * from_step];
    const Vec a = set(kNearPoint), b = set(kFarPoint), minus_a2 = set(-kNearPoint * kNearPoint), minus_b2 = set(-kFarPoint * kFarPoint);
    const Vec both = set(kNearPoint * kNearPoint * kFarPoint * kFarPoint);
    const Vec minus_sum = set(-kNearPoint * kNearPoint - kFarPoint * kFarPoint);
    const Vec near_even = fma(minus_b2, d2, d4), near_odd = fma(minus_b2, d1, d3);
    const Vec far_even = fma(minus_a2, d2, d4), far_odd = fma(minus_a2, d1, d3);
    to[0] = fma(both, d0, fma(minus_sum, d2, d4));
    to[to_step] = fma(a, near_odd, near_even);
    to[2 * to_step] = fma(negate(a), near_odd, near_even);
    to[3 * to_step] = fma(b, far_odd, far_even);
    to[4 * to_step] = fma(negate(b), far_odd, far_even);
    to[5 * to_step] = fma(both, d1, fma(minus_sum, d3, d5));
  }
}

// Three weights as the numbers at a point and at its opposite.
OCTET_OP void transform_weights_at(float point, const Vec& w0, const Vec& w1, const Vec& w2, Vec& near, Vec& opposite) {
  const Vec even = fma(set(point * point), w2, w0);
  near = fma(set(point), w1, even);
  opposite = fma(set(-point), w1, even);
}

// Three weights as those of a row or column of the transform, but for the factors below.
template <int kTile>
OCTET_OP void transform_weights_line(const Vec* from, int from_step, Vec* to, int to_step) {
  const Vec w0 = from[0], w1 = from[from_step], w2 = from[2 * from_step];
  transform_weights_at(kTile == 2 ? 1.0f : kNearPoint, w0, w1, w2, to[to_step], to[2 * to_step]);
  if constexpr (kTile == 4) transform_weights_at(kFarPoint, w0, w1, w2, to[3 * to_step], to[4 * to_step]);
  to[0] = w0;
  to[(kTile + 1) * to_step] = w2;
}

// What the transform has before a row or column.
template <int kTile>
constexpr double weights_factor(int line) {
  if constexpr (kTile == 2) return line == 0 || line == 3 ? 1 : 0.5;
  constexpr double kA2 = kNearPoint * kNearPoint, kB2 = kFarPoint * kFarPoint;
  if (line == 0) return 1 / (kA2 * kB2);
  if (line == 5) return 1;
  return line <= 2 ? 1 / (2 * kA2 * (kA2 - kB2)) : 1 / (2 * kB2 * (kB2 - kA2));
}

template <int kTile>
constexpr auto kWeightsFactors = [] {
  constexpr int kSide = kTile + 2;
  std::array<float, kSide * kSide> factors{};
  for (int i = 0; i < kSide * kSide; ++i)
    factors[static_cast<std::size_t>(i)] = static_cast<float>(weights_factor<kTile>(i / kSide) * weights_factor<kTile>(i % kSide));
  return factors;
}();

template <int kTile>
OCTET_TARGET void transform_weights(const float* taps, std::int64_t channels, std::int64_t width, float* to, std::int64_t position_step) {
  constexpr int kSide = kTile + 2;
  for (std::int64_t i = 0; i < channels * width; i += kLanes, to += kLanes) {
    const float* from = taps + i / width * 9 * width + i % width;
    Vec columns[kSide * 3];
#pragma GCC unroll 3
    for (int x = 0; x < 3; ++x) {
      const Vec column[3] = {load(from + x * width), load(from + (3 + x) * width), load(from + (6 + x) * width)};
      transform_weights_line<kTile>(column, 1, columns + x, 3);
    }
#pragma GCC unroll 6
    for (int y = 0; y < kSide; ++y) {
      Vec row[kSide];
      transform_weights_line<kTile>(columns + y * 3, 1, row, 1);
#pragma GCC unroll 6
      for (int x = 0; x < kSide; ++x) __builtin_prefetch(to + (y * kSide + x) * position_step + 4 * kLanes, 1, 3);
#pragma GCC unroll 6
      for (int x = 0; x < kSide; ++x) {
        const int position = y * kSide + x;
        store(to + position * position_step, mul(row[x], set(kWeightsFactors<kTile>[static_cast<std::size_t>(position)])));
      }
    }
  }
}

// The sums of a row or column as the results of a tile.
template <int kTile>
OCTET_OP void transform_output_line(const Vec* from, int from_step, Vec* to, int to_step) {
  const Vec m0 = from[0], m1 = from[from_step], m2 = from[2 * from_step], m3 = from[3 * from_step];
  const Vec near = add(m1, m2), near_odd = sub(m1, m2);
  if constexpr (kTile == 2) {
    to[0] = add(m0, near);
    to[to_step] = add(near_odd, m3);
  } else {
    const Vec m4 = from[4 * from_step], m5 = from[5 * from_step];
    const Vec far = add(m3, m4), far_odd = sub(m3, m4);
    constexpr float kA = kNearPoint, kB = kFarPoint;
    to[0] = add(m0, add(near, far));
    to[to_step] = fma(set(kA), near_odd, mul(set(kB), far_odd));
    to[2 * to_step] = fma(set(kA * kA), near, mul(set(kB * kB), far));
    to[3 * to_step] = fma(set(kA * kA * kA), near_odd, fma(set(kB * kB * kB), far_odd, m5));
  }
}

template <int kTile>
OCTET_TARGET void transform_window(const float* const* pixels, std::int64_t channels, std::int64_t position_step, std::int64_t vector_step,
                                   float* to) {
  constexpr int kSide = kTile + 2;
  for (std::int64_t c = 0; c < channels; c += kLanes, to += vector_step) {
    Vec columns[kSide * kSide];
#pragma GCC unroll 6
    for (int x = 0; x < kSide; ++x) {
      Vec column[kSide];
#pragma GCC unroll 6
      for (int y = 0; y < kSide; ++y) column[y] = load(pixels[y * kSide + x] + c);
      transform_input_line<kTile>(column, 1, columns + x, kSide);
    }
#pragma GCC unroll 6
    for (int y = 0; y < kSide; ++y) {
      Vec row[kSide];
      transform_input_line<kTile>(columns + y * kSide, 1, row, 1);
#pragma GCC unroll 6
      for (int x = 0; x < kSide; ++x) store(to + (y * kSide + x) * position_step, row[x]);
    }
  }
}

// The columns of the results of kLanes channels.
template <int kTile>
OCTET_OP void transform_columns(const float* sums, std::int64_t stride, Vec (&columns)[kTile * (kTile + 2)]) {
  constexpr int kSide = kTile + 2;
#pragma GCC unroll 6
  for (int x = 0; x < kSide; ++x) {
    Vec column[kSide];
#pragma GCC unroll 6
    for (int y = 0; y < kSide; ++y) column[y] = load(sums + (y * kSide + x) * stride);
    transform_output_line<kTile>(column, 1, columns + x, kSide);
  }
}

// The lines of them, activated, of kLanes channels or as many as are left; kWhole says that the image has all pixels and channels.
template <int kTile, Activation::Kind kKind, bool kWhole>
OCTET_TARGET void finish_lines(const GemmF32& gemm, const float* sums, std::int64_t stride, const WinogradTile& tile, std::int64_t c,
                               std::int64_t width) {
  constexpr int kSide = kTile + 2;
  Vec columns[kTile * kSide];
  transform_columns<kTile>(sums + c, stride, columns);
  const Vec a = set(gemm.activation.a), b = set(gemm.activation.b), bias = load(gemm.bias + c);
  const std::int64_t channels = gemm.channels - c, out_stride = gemm.out_stride;
  float* out = gemm.out + c;
  const float* addend = gemm.addend;
  for (int y = 0; y < (kWhole ? kTile : tile.lines); ++y, out += width * out_stride) {
    Vec line[kTile];
    transform_output_line<kTile>(columns + y * kSide, 1, line, 1);
#pragma GCC unroll 4
    for (int x = 0; x < kTile; ++x) {
      if (!kWhole && x >= tile.pixels) break;
      Vec value = activate<kKind>(add(line[x], bias), a, b);
      if (addend != nullptr) {
        const float* more = addend + (y * width + x) * gemm.addend_stride + c;
        value = add(value, kWhole || channels >= kLanes ? load(more) : load_first(more, channels, set(0.0f)));
      }
      float* to = out + x * out_stride;
      kWhole || channels >= kLanes ? store(to, value) : store_first(to, value, channels);
    }
  }
}

template <int kTile, Activation::Kind kKind>
void finish_tile(const GemmF32& gemm, const float* sums, std::int64_t stride, const WinogradTile& tile, std::int64_t width) {
  const bool all_pixels = tile.lines == kTile && tile.pixels == kTile;
  for (std::int64_t c = 0; c < gemm.channels; c += kLanes) {
    const bool is_whole = all_pixels && gemm.channels - c >= kLanes;
    const auto finish = is_whole ? finish_lines<kTile, kKind, true> : finish_lines<kTile, kKind, false>;
    finish(gemm, sums, stride, tile, c, width);
  }
}

template <int kTile>
void finish_tile_of(const GemmF32& gemm, const float* sums, std::int64_t stride, const WinogradTile& tile, std::int64_t width) {
  with_kind(gemm.activation.kind, [&](auto kind) { finish_tile<kTile, kind()>(gemm, sums, stride, tile, width); });
}

}  // namespace

void winograd_input_f32_2x2(const float* const* pixels, std::int64_t channels, std::int64_t position_step, std::int64_t vector_step,
                            float* to) {
  transform_window<2>(pixels, channels, position_step, vector_step, to);
}

void winograd_input_f32_4x4(const float* const* pixels, std::int64_t channels, std::int64_t position_step, std::int64_t vector_step,
                            float* to) {
  transform_window<4>(pixels, channels, position_step, vector_step, to);
}

void winograd_weights_f32_2x2(const float* taps, std::int64_t channels, std::int64_t width, float* to, std::int64_t position_step) {
  transform_weights<2>(taps, channels, width, to, position_step);
}

void winograd_weights_f32_4x4(const float* taps, std::int64_t channels, std::int64_t width, float* to, std::int64_t position_step) {
  transform_weights<4>(taps, channels, width, to, position_step);
}

void winograd_output_f32_2x2(const GemmF32& gemm, const float* sums, std::int64_t stride, const WinogradTile& tile, std::int64_t width) {
  finish_tile_of<2>(gemm, sums, stride, tile, width);
}

void winograd_output_f32_4x4(const GemmF32& gemm, const float* sums, std::int64_t stride, const WinogradTile& tile, std::int64_t width) {
  finish_tile_of<4>(gemm, sums, stride, tile, width);
}
