// The loop over a row for few channels, whose block leaves most of a vector empty, written once: see kernels/target.h. It takes
// depthwise2d_walk.inl, and `V` has several pixels in a vector:
//   Vectors              their operations: kPixels, load_pixels, from_pixel
//   interleave(x, q)     of four rows, or three and nothing, vectors x[4], makes q[kGroups]
//   dot, start, Constants, outside as there

namespace {

// Some pixels of a row, those outside of its `width` pixels being `outside`. They are copied one after the other, as a call or as many
// pointers would take the registers of the loop that it is part of.
template <class R, int kStep>
OCTET_OP typename R::Int load_at_border(const std::uint8_t* row, std::int64_t step, std::int64_t width, std::int64_t column,
                                        const std::uint8_t* outside) {
  alignas(64) std::uint8_t pixels[R::kChannels];
#pragma GCC unroll 1
  for (std::uint8_t* to = pixels; to < pixels + R::kChannels; to += R::kBlock, column += kStep) {
    asm("" : "+r"(column));  // keeps GCC from moving a pointer on with every step of the loop around
    std::memcpy(to, column >= 0 && column < width ? row + column * step : outside, R::kBlock);
  }
  return R::load(pixels);
}

// The pixels below a row of windows, or two rows, at columns that are kStep apart, as q of V.
template <class V, int kStep, int kRows>
class PixelReader {
 public:
  using R = typename V::Vectors;
  using Vector = typename V::Vector;
  OCTET_OP PixelReader(const RowPiece<std::uint8_t>& piece, const std::uint8_t* outside)
      : step_(piece.in.pixel_stride), width_(piece.in.width), outside_(outside), padding_(R::load_pixels(outside, 0)) {
    for (int ky = 0; ky < kRows + 2; ++ky) {
      const std::int64_t y = piece.y * piece.shape->stride_h - piece.shape->pad_top + ky;
      row_[ky] = piece.in.has_row(y) ? piece.in.pixel(y, 0) : nullptr;
    }
  }

  OCTET_OP void read(std::int64_t column, Vector (&q)[V::kGroups]) const {
    const bool inside = column >= 0 && column + (R::kPixels - 1) * kStep < width_;
    Vector x[4];
    if constexpr (kRows == 1) x[3] = R::zero();
#pragma GCC unroll 4
    for (int ky = 0; ky < kRows + 2; ++ky) {
      if (row_[ky] == nullptr)
        x[ky] = padding_;
      else
        x[ky] = inside ? R::load_pixels(row_[ky] + column * step_, kStep * step_)
                       : load_at_border<R, kStep>(row_[ky], step_, width_, column, outside_);
    }
    V::interleave(x, q);
  }

 private:
  const std::uint8_t* row_[kRows + 2];  // null outside of the image
  std::int64_t step_, width_;
  const std::uint8_t* outside_;
  Vector padding_;  // a row of it
};

// 3x3. The pixels of a vector are as far apart as their outputs; those of the third tap, and with stride 1 of the second one, lie partly
// in the vector after, which is read once. With stride 1 four rows of the image are two of the output.
template <class V, class Finish, int kStride, int kRows>
OCTET_TARGET void walk_pixels_of(const RowPiece<std::uint8_t>& piece) {
  using R = typename V::Vectors;
  using Vector = typename V::Vector;
  constexpr int kGroups = V::kGroups, kPixels = R::kPixels;
  const BlockOf<V> block(piece.block);
  const PixelReader<V, kStride, kRows> reader(piece, V::outside(*block.constants));
  const std::int64_t x_end = piece.x_end, out_step = piece.out_step, out_row_step = piece.out_row_step;
  const int channels = piece.channels;
  auto* out = static_cast<typename Finish::Result*>(piece.out);
  const Weights<V, kRows * 3 * kGroups> kept(block.weights);

  std::int64_t column = piece.x_begin * kStride - piece.shape->pad_left;
  Vector first[kGroups], next[kGroups];
  reader.read(column, first);
  for (std::int64_t x = piece.x_begin; x < x_end; x += kPixels, out += kPixels * out_step) {
    const auto& constants = *opaque(block.constants);
    const Vector* weights = kept.get();
    Vector second[kGroups];
    if constexpr (kStride == 2) reader.read(column + 1, second);
    column += kPixels * kStride;
    reader.read(column, next);
    typename Finish::template Results<kRows> results;
#pragma GCC unroll 4
    for (int g = 0; g < kGroups; ++g) {
      if constexpr (kStride == 1) second[g] = R::template from_pixel<1>(first[g], next[g]);
      const Vector third = R::template from_pixel<3 - kStride>(first[g], next[g]);
      Vector sums[kRows];
#pragma GCC unroll 2
      for (int row = 0; row < kRows; ++row) {
        const Vector* of_row = weights + 3 * kGroups * row + g;
        sums[row] = V::dot(V::start(constants, g), first[g], of_row[0]);
        sums[row] = V::dot(sums[row], second[g], of_row[kGroups]);
        sums[row] = V::dot(sums[row], third, of_row[2 * kGroups]);
      }
      results.take(constants, g, sums);
      first[g] = next[g];
    }
#pragma GCC unroll 2
    for (int row = 0; row < kRows; ++row) results.store(constants, row, channels, {out + row * out_row_step, out_step, x_end - x});
  }
}

template <class V, class Finish>
OCTET_TARGET void walk_pixels(const RowPiece<std::uint8_t>& piece) {
  if constexpr (V::kRows == 2)
    if (piece.rows == 2) return walk_pixels_of<V, Finish, 1, 2>(piece);
  walk_pixels_of<V, Finish, 1, 1>(piece);
}

// For the two shapes alone.
template <class V, class Finish>
constexpr RowFunctions<std::uint8_t> rows_of_pixels() {
  return {walk_pixels<V, Finish>, walk_pixels_of<V, Finish, 2, 1>};
}

}  // namespace
