// The loop over a row for levels whose multiplication adds two taps, written once: see kernels/target.h. It takes depthwise2d_walk.inl and
// `V` as there, with kTapsAtOnce and read() of two.

namespace {

// Walks along the columns of the input, two at a time. Rows are multiplied two by two, and of the last one, which would be left over, the
// two columns. A column is read once and added to every output that it belongs to; outputs before x_begin are begun with the same steps
// and not stored. The weights are those of TapOrder::kTwoColumns or kTwoColumnsByHalves.
template <class V, class Finish, int kSize, int kStride>
OCTET_TARGET void walk_columns(const RowPiece<typename V::Element>& piece) {
  using Vector = typename V::Vector;
  using Element = typename V::Element;
  constexpr int kGroups = V::kGroups, kParts = kSize / 2, kColumns = 2, kFinished = kColumns / kStride;
  constexpr int kOutputs = (kSize - kStride + 1) / kStride + 1;  // that two columns belong to
  const BlockOf<V> block(piece.block);
  const Element* outside = V::outside(*block.constants);
  const WindowRows<V, kSize> rows(piece, outside);
  // What is stored might be any of these to the compiler, which would read them again for every pixel.
  const std::int64_t x_begin = piece.x_begin, x_end = piece.x_end, in_width = piece.in.width, out_step = piece.out_step;
  const int channels = piece.channels;
  auto* out = static_cast<typename Finish::Result*>(piece.out);

  Vector sums[kOutputs][kGroups];
#pragma GCC unroll 16
  for (int j = 0; j < kOutputs; ++j)
#pragma GCC unroll 8
    for (int g = 0; g < kGroups; ++g) sums[j][g] = V::start(*block.constants, g);

  const std::int64_t x_first = x_begin - (kOutputs - kFinished);
  std::int64_t column = x_first * kStride + kSize - kStride - piece.shape->pad_left;
  for (std::int64_t x = x_first; x < x_end; x += kFinished, column += kColumns) {
    const Vector* weights = opaque(block.weights);
    const auto& constants = *opaque(block.constants);
    const Element* taps[kSize][kColumns];
#pragma GCC unroll 2
    for (int s = 0; s < kColumns; ++s) {
      const bool inside = column + s >= 0 && column + s < in_width;
#pragma GCC unroll 8
      for (int ky = 0; ky < kSize; ++ky) taps[ky][s] = inside ? rows.row[ky] + (column + s) * rows.step[ky] : outside;
    }
#pragma GCC unroll 2
    for (int s = 0; s < kColumns; ++s)
#pragma GCC unroll 4
      for (int part = 0; part < kParts; ++part) {
        const Element* const pair[] = {taps[2 * part][s], taps[2 * part + 1][s]};
        Vector q[1][kGroups];
        V::template read<2>(pair, q);
#pragma GCC unroll 8
        for (int j = 0; j < kOutputs; ++j) {
          const int kx = kSize - kStride + s - j * kStride;
          if (kx < 0 || kx >= kSize) continue;
#pragma GCC unroll 8
          for (int g = 0; g < kGroups; ++g) sums[j][g] = V::dot(sums[j][g], q[0][g], weights[(kx * kParts + part) * kGroups + g]);
        }
      }
    Vector q[1][kGroups];
    V::template read<2>(taps[kSize - 1], q);
#pragma GCC unroll 8
    for (int j = 0; j < kOutputs; ++j)
#pragma GCC unroll 8
      for (int g = 0; g < kGroups; ++g) sums[j][g] = V::dot(sums[j][g], q[0][g], weights[(kSize * kParts + j) * kGroups + g]);
#pragma GCC unroll 2
    for (int j = 0; j < kFinished; ++j) {
      if (x + j < x_begin || x + j >= x_end) continue;
      Finish::write(constants, sums[j], out, channels);
      out += out_step;
    }
#pragma GCC unroll 8
    for (int j = 0; j < kOutputs; ++j)
#pragma GCC unroll 8
      for (int g = 0; g < kGroups; ++g) sums[j][g] = j + kFinished < kOutputs ? sums[j + kFinished][g] : V::start(constants, g);
  }
}

template <class V, class Finish>
constexpr RowFunctions<typename V::Element> rows_by_columns() {
  return {walk_columns<V, Finish, 3, 1>, walk_columns<V, Finish, 3, 2>, walk_columns<V, Finish, 5, 1>,
          walk_columns<V, Finish, 5, 2>, walk_columns<V, Finish, 7, 1>, gather_row<V, Finish>};
}

}  // namespace
