// The loop over rows of 3x3 windows, where four taps are multiplied at once: to be included after depthwise2d_dot_quads.inl. The columns of
// a window stay in registers, and its sums are made and finished a group at a time. With a stride of one a quad of four rows of the image
// holds the taps of two outputs, one below the other, so that two rows can be made together, of two pixels each: rows are interleaved, and
// weights and constants loaded, once for both.

// The columns of the three rows below a row of windows, or the four below two, one after the other.
template <class V, int kRows>
class QuadColumns {
 public:
  using Vector = typename V::Vector;
  OCTET_OP QuadColumns(const RowPiece<std::uint8_t>& piece, const std::uint8_t* outside, std::int64_t column)
      : rows_(piece, outside), column_(column), width_(piece.in.width), outside_(outside) {
    for (int ky = 0; ky < kTaps; ++ky) at_[ky] = rows_.row[ky] + std::max<std::int64_t>(column, 0) * rows_.step[ky];
  }

  OCTET_OP void read(Vector (&q)[V::kGroups]) {
    const bool inside = column_ >= 0 && column_ < width_;
    ++column_;
    const std::uint8_t* taps[kTaps];
#pragma GCC unroll 4
    for (int ky = 0; ky < kTaps; ++ky) {
      taps[ky] = inside ? at_[ky] : outside_;
      if (inside) at_[ky] = opaque(at_[ky] + rows_.step[ky]);
    }
    V::template interleave<kTaps>(taps, 0, q);
  }

 private:
  static constexpr int kTaps = kRows + 2;
  WindowRows<V, kTaps> rows_;
  const std::uint8_t* at_[kTaps];
  std::int64_t column_, width_;
  const std::uint8_t* outside_;
};

// The sums of one group of channels of kSide by kSide neighbouring outputs, below which the columns `q` lie.
template <class V, int kStride, int kSide, int kColumns>
OCTET_OP void sum_windows(const typename V::Constants& constants, const typename V::Vector (&q)[kColumns][V::kGroups],
                          const typename V::Vector* weights, int group, typename V::Vector (&sums)[kSide * kSide]) {
#pragma GCC unroll 4
  for (auto& sum : sums) sum = V::start(constants, group);
#pragma GCC unroll 2
  for (int row = 0; row < kSide; ++row)
#pragma GCC unroll 3
    for (int kx = 0; kx < 3; ++kx) {
      const auto weight = weights[(3 * row + kx) * V::kGroups + group];
#pragma GCC unroll 2
      for (int x = 0; x < kSide; ++x) sums[row * kSide + x] = V::dot(sums[row * kSide + x], q[x * kStride + kx][group], weight);
    }
}

// kSide rows, as many pixels of each at once.
template <class V, class Finish, int kStride, int kSide>
OCTET_TARGET void walk_windows_of(const RowPiece<std::uint8_t>& piece) {
  constexpr int kGroups = V::kGroups, kShared = 3 - kStride, kNew = kSide * kStride, kColumns = kShared + kNew;
  const BlockOf<V> block(piece.block);
  QuadColumns<V, kSide> columns(piece, V::outside(*block.constants), piece.x_begin * kStride - piece.shape->pad_left);
  const std::int64_t x_end = piece.x_end, out_step = piece.out_step, out_row_step = piece.out_row_step;
  const int channels = piece.channels;
  auto* out = static_cast<typename Finish::Result*>(piece.out);
  const Weights<V, kSide * 3 * kGroups> kept(block.weights);

  typename V::Vector q[kColumns][kGroups];
#pragma GCC unroll 2
  for (int i = 0; i < kShared; ++i) columns.read(q[i]);
  for (std::int64_t x = piece.x_begin; x < x_end; x += kSide, out += kSide * out_step) {
    const auto& constants = *opaque(block.constants);
    const auto* weights = kept.get();
#pragma GCC unroll 2
    for (int i = kShared; i < kColumns; ++i) columns.read(q[i]);
    typename Finish::template Results<kSide * kSide> results;
#pragma GCC unroll 4
    for (int g = 0; g < kGroups; ++g) {
      typename V::Vector sums[kSide * kSide];
      sum_windows<V, kStride, kSide>(constants, q, weights, g, sums);
      results.take(constants, g, sums);
    }
#pragma GCC unroll 2
    for (int i = 0; i < kSide; ++i) {
      if (x + i == x_end) break;
#pragma GCC unroll 2
      for (int row = 0; row < kSide; ++row) results.store(constants, row * kSide + i, channels, {out + row * out_row_step + i * out_step});
    }
#pragma GCC unroll 2
    for (int i = 0; i < kShared; ++i)
#pragma GCC unroll 4
      for (int g = 0; g < kGroups; ++g) q[i][g] = q[i + kNew][g];
  }
}

template <class V, class Finish>
OCTET_TARGET void walk_windows(const RowPiece<std::uint8_t>& piece) {
  if constexpr (V::kRows == 2)
    if (piece.rows == 2) return walk_windows_of<V, Finish, 1, 2>(piece);
  walk_windows_of<V, Finish, 1, 1>(piece);
}

// The kernels of 3x3, of a pixel in a vector and of several.
template <class R, int kSpare, int kRowsAtOnce>
struct QuadsOfWindows : Quads<R, kSpare> {
  static constexpr int kRows = kRowsAtOnce;

  template <class Finish>
  static constexpr RowFunctions<std::uint8_t> rows() {
    // With a stride of two, sums of two pixels take fewer registers than columns, and weights have the others where these are enough.
    if constexpr (kSpare > 0)
      return {walk_windows<QuadsOfWindows, Finish>, walk_row<QuadsOfWindows, Finish, 3, 2>};
    else
      return {walk_windows<QuadsOfWindows, Finish>, walk_windows_of<QuadsOfWindows, Finish, 2, 1>};
  }
};

template <class R, int kSpare, int kRowsAtOnce>
struct QuadsOfPixels : Quads<R, kSpare> {
  using Vectors = R;
  static constexpr int kRows = kRowsAtOnce;

  template <class Finish>
  static constexpr RowFunctions<std::uint8_t> rows() {
    return rows_of_pixels<QuadsOfPixels, Finish>();
  }
};
