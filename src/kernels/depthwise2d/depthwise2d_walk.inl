// The loops over rows, written once: see kernels/target.h. `V` is a block of channels as vectors:
//   Element, Vector           of the image; a vector of sums, columns or weights
//   kGroups                   vectors of sums that hold the channels of a block
//   kSpareVectors             how many weights fit into registers besides all else
//   parts(taps)               vectors a group that `taps` taps make
//   read<taps>(pointers, q)   reads the block at each tap into Vector q[parts][kGroups]
//   dot(sum, q, weights)
//   kRows                     of the image that a function of 3x3 with a stride of 1 makes at once
//   Constants                 of the block; start(constants, group) gives the vector that sums start from
// and `Finish::write(constants, sums, out, channels)` makes results of the sums of a pixel; its Result is their type.

namespace {

using depthwise::RowFunctions;
using depthwise::RowPiece;

template <class V>
struct BlockOf {
  using Constants = typename V::Constants;
  const Constants* constants;
  const typename V::Vector* weights;

  explicit BlockOf(const void* block)
      : constants(static_cast<const Constants*>(block)), weights(reinterpret_cast<const typename V::Vector*>(constants + 1)) {}
};

// The rows below a window, each with its step from pixel to pixel: rows outside the image stand still on `outside`.
template <class V, int kRows>
struct WindowRows {
  using Element = typename V::Element;
  const Element* row[kRows];
  std::int64_t step[kRows];

  WindowRows(const RowPiece<Element>& piece, const Element* outside) {
    for (int ky = 0; ky < kRows; ++ky) {
      const std::int64_t y = piece.y * piece.shape->stride_h - piece.shape->pad_top + ky;
      const bool inside = piece.in.has_row(y);
      row[ky] = inside ? piece.in.pixel(y, 0) : outside;
      step[ky] = inside ? piece.in.pixel_stride : 0;
    }
  }
};

// The same pointer, of which the compiler knows no longer what it points to. GCC would else load what never changes into
// registers that it does not have, and move it on to the stack, again for each pixel.
template <typename T>
OCTET_OP const T* opaque(const T* pointer) {
  asm("" : "+r"(pointer));
  return pointer;
}

// The first kCount vectors of a block's weights, in registers where these are to spare.
template <class V, int kCount, bool kSpare = (kCount <= V::kSpareVectors)>
class Weights {
 public:
  using Vector = typename V::Vector;
  OCTET_OP explicit Weights(const Vector* from) : from_(from) {
    if constexpr (kSpare) {
#pragma GCC unroll 32
      for (int i = 0; i < kCount; ++i) kept_[i] = from[i];
    }
  }
  OCTET_OP const Vector* get() const {
    if constexpr (kSpare) return kept_;
    return opaque(from_);
  }

 private:
  const Vector* from_;
  Vector kept_[kSpare ? kCount : 1];
};

// Walks along the columns of the input. A column is read once and added to every output that it belongs to, so that at
// each time kBegun outputs besides the one that is being finished have part of their sums. Outputs before x_begin are
// begun with the same steps and not stored.
template <class V, class Finish, int kSize, int kStride>
OCTET_TARGET void walk_row(const RowPiece<typename V::Element>& piece) {
  using Vector = typename V::Vector;
  using Element = typename V::Element;
  constexpr int kGroups = V::kGroups, kParts = V::parts(kSize), kBegun = (kSize - 1) / kStride;
  const BlockOf<V> block(piece.block);
  const Element* outside = V::outside(*block.constants);
  const WindowRows<V, kSize> rows(piece, outside);
  // What is stored might be any of these to the compiler, which would read them again for every pixel.
  const std::int64_t x_begin = piece.x_begin, x_end = piece.x_end, in_width = piece.in.width, out_step = piece.out_step;
  const int channels = piece.channels;
  const Weights<V, kSize * kParts * kGroups> kept(block.weights);
  auto* out = static_cast<typename Finish::Result*>(piece.out);

  Vector sums[kBegun + 1][kGroups];
#pragma GCC unroll 16
  for (int j = 0; j <= kBegun; ++j)
#pragma GCC unroll 8
    for (int g = 0; g < kGroups; ++g) sums[j][g] = V::start(*block.constants, g);

  std::int64_t column = (x_begin - kBegun) * kStride + kSize - kStride - piece.shape->pad_left;
  for (std::int64_t x = x_begin - kBegun; x < x_end; ++x) {
    const Vector* weights = kept.get();
    const auto& constants = *opaque(block.constants);
#pragma GCC unroll 2
    for (int s = 0; s < kStride; ++s, ++column) {
      const bool inside = column >= 0 && column < in_width;
      const Element* taps[kSize];
#pragma GCC unroll 8
      for (int ky = 0; ky < kSize; ++ky) taps[ky] = inside ? rows.row[ky] + column * rows.step[ky] : outside;
      Vector q[kParts][kGroups];
      V::template read<kSize>(taps, q);
#pragma GCC unroll 8
      for (int j = 0; j <= kBegun; ++j) {
        const int kx = kSize - kStride + s - j * kStride;
        if (kx < 0) continue;
#pragma GCC unroll 8
        for (int part = 0; part < kParts; ++part)
#pragma GCC unroll 8
          for (int g = 0; g < kGroups; ++g) sums[j][g] = V::dot(sums[j][g], q[part][g], weights[(kx * kParts + part) * kGroups + g]);
      }
    }
    if (x >= x_begin) {
      Finish::write(constants, sums[0], out, channels);
      out += out_step;
    }
#pragma GCC unroll 8
    for (int j = 0; j < kBegun; ++j)
#pragma GCC unroll 8
      for (int g = 0; g < kGroups; ++g) sums[j][g] = sums[j + 1][g];
#pragma GCC unroll 8
    for (int g = 0; g < kGroups; ++g) sums[kBegun][g] = V::start(constants, g);
  }
}

// Any kernel, stride and dilation: the taps of each output in the order of the columns, V::kTapsAtOnce a step.
template <class V, class Finish>
OCTET_TARGET void gather_row(const RowPiece<typename V::Element>& piece) {
  using Vector = typename V::Vector;
  using Element = typename V::Element;
  constexpr int kGroups = V::kGroups, kStep = V::kTapsAtOnce, kParts = V::parts(kStep);
  const Depthwise2dShape& shape = *piece.shape;
  const BlockOf<V> block(piece.block);
  const Element* outside = V::outside(*block.constants);
  auto* out = static_cast<typename Finish::Result*>(piece.out);
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;

  for (std::int64_t x = piece.x_begin; x < piece.x_end; ++x, out += piece.out_step) {
    Vector sums[kGroups];
#pragma GCC unroll 8
    for (int g = 0; g < kGroups; ++g) sums[g] = V::start(*block.constants, g);
    const Vector* weights = block.weights;
    std::int64_t kx = 0, ky = 0;
    for (std::int64_t tap = 0; tap < taps; tap += kStep, weights += kParts * kGroups) {
      const Element* pointers[kStep];
      for (int i = 0; i < kStep; ++i) {
        const std::int64_t in_y = piece.y * shape.stride_h - shape.pad_top + ky * shape.dilation_h;
        const std::int64_t in_x = x * shape.stride_w - shape.pad_left + kx * shape.dilation_w;
        const bool inside = kx < shape.kernel_w && piece.in.has_row(in_y) && in_x >= 0 && in_x < piece.in.width;
        pointers[i] = inside ? piece.in.pixel(in_y, in_x) : outside;
        if (++ky == shape.kernel_h) ky = 0, ++kx;
      }
      Vector q[kParts][kGroups];
      V::template read<kStep>(pointers, q);
#pragma GCC unroll 8
      for (int part = 0; part < kParts; ++part)
#pragma GCC unroll 8
        for (int g = 0; g < kGroups; ++g) sums[g] = V::dot(sums[g], q[part][g], weights[part * kGroups + g]);
    }
    Finish::write(*block.constants, sums, out, piece.channels);
  }
}

// The functions for every shape.
template <class V, class Finish>
constexpr RowFunctions<typename V::Element> rows_of() {
  return {walk_row<V, Finish, 3, 1>, walk_row<V, Finish, 3, 2>, walk_row<V, Finish, 5, 1>,
          walk_row<V, Finish, 5, 2>, walk_row<V, Finish, 7, 1>, gather_row<V, Finish>};
}

}  // namespace
