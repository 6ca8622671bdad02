// The loop over a row for levels whose multiplication adds two taps, written once: see kernels/target.h. It takes depthwise2d_walk.inl and
// `V` as there, with kTapsAtOnce, kChannels and read() of two, and Finish::write_two(constants, first, second, out, out_step), which makes
// results of the sums of two pixels, of all channels of a block.

namespace {

// The sums of all outputs that two columns of the input belong to. Rows are multiplied two by two, and of the last one, which would be left
// over, the two columns. The weights are those of TapOrder::kTwoColumns or kTwoColumnsByHalves.
template <class V, int kSize, int kStride>
struct SumsOfColumns {
  using Vector = typename V::Vector;
  using Element = typename V::Element;
  using Constants = typename V::Constants;
  static constexpr int kGroups = V::kGroups, kParts = kSize / 2, kColumns = 2, kFinished = kColumns / kStride;
  static constexpr int kOutputs = (kSize - kStride + 1) / kStride + 1;
  Vector of[kOutputs][kGroups];

  OCTET_OP explicit SumsOfColumns(const Constants& constants) {
#pragma GCC unroll 16
    for (int j = 0; j < kOutputs; ++j)
#pragma GCC unroll 8
      for (int g = 0; g < kGroups; ++g) of[j][g] = V::start(constants, g);
  }

  OCTET_OP void add(const Element* const (&taps)[kSize][kColumns], const Vector* weights) {
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
          for (int g = 0; g < kGroups; ++g) of[j][g] = V::dot(of[j][g], q[0][g], weights[(kx * kParts + part) * kGroups + g]);
        }
      }
    Vector q[1][kGroups];
    V::template read<2>(taps[kSize - 1], q);
#pragma GCC unroll 8
    for (int j = 0; j < kOutputs; ++j)
#pragma GCC unroll 8
      for (int g = 0; g < kGroups; ++g) of[j][g] = V::dot(of[j][g], q[0][g], weights[(kSize * kParts + j) * kGroups + g]);
  }

  // To the next two columns, whose first outputs are those behind the finished ones.
  OCTET_OP void move_on(const Constants& constants) {
#pragma GCC unroll 8
    for (int j = 0; j < kOutputs; ++j)
#pragma GCC unroll 8
      for (int g = 0; g < kGroups; ++g) of[j][g] = j + kFinished < kOutputs ? of[j + kFinished][g] : V::start(constants, g);
  }
};

// Walks along the columns of the input, two at a time. A column is read once and added to every output that it belongs to; outputs before
// x_begin are begun with the same steps and not stored.
template <class V, class Finish, int kSize, int kStride>
OCTET_TARGET void walk_columns(const RowPiece<typename V::Element>& piece) {
  using Element = typename V::Element;
  using Sums = SumsOfColumns<V, kSize, kStride>;
  constexpr int kColumns = Sums::kColumns, kFinished = Sums::kFinished;
  const BlockOf<V> block(piece.block);
  const Element* outside = V::outside(*block.constants);
  const WindowRows<V, kSize> rows(piece, outside);
  // What is stored might be any of these to the compiler, which would read them again for every pixel.
  const std::int64_t x_begin = piece.x_begin, x_end = piece.x_end, in_width = piece.in.width, out_step = piece.out_step;
  const int channels = piece.channels;
  auto* out = static_cast<typename Finish::Result*>(piece.out);

  Sums sums(*block.constants);
  std::int64_t x = x_begin - (Sums::kOutputs - kFinished), column = x * kStride + kSize - kStride - piece.shape->pad_left;
  for (; x < x_end; x += kFinished, column += kColumns) {
    // Steps within the image whose outputs are all stored, with all their channels.
    std::int64_t inner = 0;
    if (channels == V::kChannels && column >= 0 && x >= x_begin) inner = std::min((in_width - column) / kColumns, (x_end - x) / kFinished);
    const Element* at[kSize];
#pragma GCC unroll 8
    for (int ky = 0; ky < kSize; ++ky) at[ky] = rows.row[ky] + std::max<std::int64_t>(column, 0) * rows.step[ky];
    for (; inner > 0; --inner, x += kFinished, column += kColumns) {
      const auto& constants = *opaque(block.constants);
      const Element* taps[kSize][kColumns];
#pragma GCC unroll 8
      for (int ky = 0; ky < kSize; ++ky, at[ky - 1] += kColumns * rows.step[ky - 1]) {
        at[ky] = opaque(at[ky]);
        taps[ky][0] = at[ky];
        taps[ky][1] = at[ky] + rows.step[ky];
      }
      sums.add(taps, opaque(block.weights));
      if constexpr (kFinished == 2)
        Finish::write_two(constants, sums.of[0], sums.of[1], out, out_step);
      else
        Finish::write(constants, sums.of[0], out, V::kChannels);
      out += kFinished * out_step;
      sums.move_on(constants);
    }
    if (x >= x_end) break;

    const auto& constants = *opaque(block.constants);
    const Element* taps[kSize][kColumns];
#pragma GCC unroll 2
    for (int s = 0; s < kColumns; ++s) {
      const bool inside = column + s >= 0 && column + s < in_width;
#pragma GCC unroll 8
      for (int ky = 0; ky < kSize; ++ky) taps[ky][s] = inside ? rows.row[ky] + (column + s) * rows.step[ky] : outside;
    }
    sums.add(taps, opaque(block.weights));
#pragma GCC unroll 2
    for (int j = 0; j < kFinished; ++j) {
      if (x + j < x_begin || x + j >= x_end) continue;
      Finish::write(constants, sums.of[j], out, channels);
      out += out_step;
    }
    sums.move_on(constants);
  }
}

template <class V, class Finish>
constexpr RowFunctions<typename V::Element> rows_by_columns() {
  return {walk_columns<V, Finish, 3, 1>, walk_columns<V, Finish, 3, 2>, walk_columns<V, Finish, 5, 1>,
          walk_columns<V, Finish, 5, 2>, walk_columns<V, Finish, 7, 1>, gather_row<V, Finish>};
}

}  // namespace
