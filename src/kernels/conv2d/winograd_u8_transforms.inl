// The transforms of integer Winograd, written once: see kernels/target.h and winograd_u8.h. Besides vectors it takes
//   kWords, Words                           channels of 16 bits a vector
//   load_words, store_words                 of bytes or words; to words
//   sum_words, difference_words, double_words<n>      modulo 2^16; double_words<n>(x) = x * 2^n

namespace {

// Six values `from_step` apart, as one row or column of the input's transform.
OCTET_OP void transform_input_line(const Words* from, int from_step, Words* to, int to_step) {
  const Words d0 = from[0], d1 = from[from_step], d2 = from[2 * from_step], d3 = from[3 * from_step], d4 = from[4 * from_step],
              d5 = from[5 * from_step];
  const Words even = difference_words(d4, d2), odd = double_words<1>(difference_words(d3, d1));
  to[0] = sum_words(double_words<2>(difference_words(d0, d2)), even);                                // 4 d0 - 5 d2 + d4
  to[to_step] = difference_words(sum_words(d3, d4), double_words<2>(sum_words(d1, d2)));             // -4 d1 - 4 d2 + d3 + d4
  to[2 * to_step] = sum_words(difference_words(d4, d3), double_words<2>(difference_words(d1, d2)));  // 4 d1 - 4 d2 - d3 + d4
  to[3 * to_step] = sum_words(even, odd);                                                            // -2 d1 - d2 + 2 d3 + d4
  to[4 * to_step] = difference_words(even, odd);                                                     // 2 d1 - d2 - 2 d3 + d4
  to[5 * to_step] = sum_words(difference_words(d5, d3), double_words<2>(difference_words(d1, d3)));  // 4 d1 - 5 d3 + d5
}

// Three taps as six weights, free of their denominators.
OCTET_OP void transform_weight_line(const Words* from, int from_step, Words* to, int to_step) {
  const Words w0 = from[0], w1 = from[from_step], w2 = from[2 * from_step];
  const Words near = sum_words(w0, w2), far = sum_words(w0, double_words<2>(w2)), twice = double_words<1>(w1);
  to[0] = w0;
  to[to_step] = sum_words(near, w1);
  to[2 * to_step] = difference_words(near, w1);
  to[3 * to_step] = sum_words(far, twice);
  to[4 * to_step] = difference_words(far, twice);
  to[5 * to_step] = w2;
}

// Six sums as four results, 24 times too large: the factors 6, -4, -4, 1, 1, 24 are what the weights' rows are free of.
OCTET_OP void transform_output_line(const Ints* from, int from_step, Ints* to, int to_step) {
  const Ints m0 = from[0], m1 = from[from_step], m2 = from[2 * from_step], m3 = from[3 * from_step], m4 = from[4 * from_step],
             m5 = shift_left<3>(from[5 * from_step]);
  const Ints a = shift_left<2>(add_ints(m1, m2)), b = shift_left<2>(subtract_ints(m2, m1));
  const Ints c = add_ints(m3, m4), d = shift_left<1>(subtract_ints(m3, m4));
  to[0] = add_ints(subtract_ints(c, a), add_ints(shift_left<2>(m0), shift_left<1>(m0)));
  to[to_step] = add_ints(b, d);
  to[2 * to_step] = subtract_ints(shift_left<2>(c), a);
  to[3 * to_step] = add_ints(add_ints(b, shift_left<2>(d)), add_ints(m5, shift_left<1>(m5)));
}

OCTET_TARGET void transform_windows(const std::uint8_t* const* pixels, std::int64_t channels, std::int64_t stride, std::int16_t* to) {
  constexpr int kSide = kWinogradWindow;
  for (std::int64_t c = 0; c < channels; c += kWords) {
    Words window[kWinogradPositions], columns[kWinogradPositions];
#pragma GCC unroll 36
    for (int i = 0; i < kWinogradPositions; ++i) window[i] = load_words(pixels[i] + c);
#pragma GCC unroll 6
    for (int x = 0; x < kSide; ++x) transform_input_line(window + x, kSide, columns + x, kSide);
#pragma GCC unroll 6
    for (int y = 0; y < kSide; ++y) transform_input_line(columns + y * kSide, 1, window + y * kSide, 1);
#pragma GCC unroll 36
    for (int i = 0; i < kWinogradPositions; ++i) store_words(to + i * stride + c, window[i]);
  }
}

template <int kRow>
OCTET_TARGET void transform_taps(const std::int16_t* taps, std::int64_t pairs, std::int64_t words, std::int64_t position_step,
                                 std::int16_t* to) {
  constexpr int kSide = kWinogradWindow, kTaps = 3;
  for (std::int64_t pair = 0; pair < pairs; ++pair, taps += kTaps * kTaps * words, to += words)
    for (std::int64_t w = 0; w < words; w += kWords) {
      Words row[kTaps], line[kSide];
#pragma GCC unroll 3
      for (int x = 0; x < kTaps; ++x) {
        Words filter[kTaps], column[kSide];
#pragma GCC unroll 3
        for (int y = 0; y < kTaps; ++y) filter[y] = load_words(taps + (y * kTaps + x) * words + w);
        transform_weight_line(filter, 1, column, 1);
        row[x] = column[kRow];
      }
      transform_weight_line(row, 1, line, 1);
#pragma GCC unroll 6
      for (int x = 0; x < kSide; ++x) store_words(to + x * position_step + w, line[x]);
    }
}

// The 16 results of a tile, `channels` (a multiple of kLanes) behind one another, of sums[position * stride + channel], plus
// start[channel].
OCTET_TARGET void transform_sums(const std::int32_t* sums, std::int64_t channels, std::int64_t stride, const std::int32_t* start,
                                 std::int32_t* results) {
  constexpr int kSide = kWinogradWindow, kTile = kWinogradTile;
  const Ints inverse_of_9 = set_ints(0x38E38E39);
  for (std::int64_t c = 0; c < channels; c += kLanes) {
    Ints columns[kTile * kSide], tile[kWinogradResults];
#pragma GCC unroll 6
    for (int x = 0; x < kSide; ++x) {
      Ints column[kSide];
#pragma GCC unroll 6
      for (int y = 0; y < kSide; ++y) column[y] = load_ints(sums + (y * kSide + x) * stride + c);
      transform_output_line(column, 1, columns + x, kSide);
    }
#pragma GCC unroll 4
    for (int y = 0; y < kTile; ++y) transform_output_line(columns + y * kSide, 1, tile + y * kTile, 1);
    const Ints first = load_ints(start + c);
#pragma GCC unroll 16
    for (int i = 0; i < kWinogradResults; ++i)
      store_ints(results + i * channels + c, add_ints(first, shift_right<6>(multiply_ints(tile[i], inverse_of_9))));
  }
}

}  // namespace

void winograd_input(const std::uint8_t* const* pixels, std::int64_t channels, std::int64_t stride, std::int16_t* to) {
  transform_windows(pixels, channels, stride, to);
}

void winograd_weights(const std::int16_t* taps, std::int64_t pairs, std::int64_t words, int row, std::int64_t position_step,
                      std::int16_t* to) {
  constexpr decltype(&transform_taps<0>) kRows[] = {transform_taps<0>, transform_taps<1>, transform_taps<2>,
                                                    transform_taps<3>, transform_taps<4>, transform_taps<5>};
  kRows[row](taps, pairs, words, position_step, to);
}

namespace {

// Calls finish(gemm, results, tile) for each tile, `gemm` with where its first pixel goes.
template <typename Finish>
void finish_tiles(const WinogradSums& of, Finish finish) {
  const std::int64_t width = std::int64_t{of.gemm.vectors} * kLanes;
  alignas(64) std::int32_t results[kWinogradResults * 2 * kLanes];
  GemmU8 gemm = of.gemm;
  for (std::int64_t t = 0; t < of.count; ++t) {
    const WinogradTile tile = of.tiles[of.first + t];
    transform_sums(of.sums + t * width, width, of.step, gemm.start, results);
    const std::int64_t at = (tile.y * of.tiles.width + tile.x) * gemm.out_stride;
    of.gemm.out_u8 == nullptr ? void(gemm.out_f32 = of.gemm.out_f32 + at) : void(gemm.out_u8 = of.gemm.out_u8 + at);
    finish(gemm, results, tile);
  }
}

}  // namespace
