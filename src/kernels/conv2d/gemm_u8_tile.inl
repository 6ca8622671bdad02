// Tiles of the integer matrix product, written once: see kernels/target.h. Besides gemm_u8_finish.inl it takes
//   kTileRows, kGroup     the most rows of a tile; products of a sum that are added in one step: 4 of bytes, or 2 of words
//   dot_into(acc, x, w)   acc + the sum of the kGroup products in each lane

namespace {

using Element = std::conditional_t<kGroup == 4, std::uint8_t, std::int16_t>;
using Weight = std::conditional_t<kGroup == 4, std::int8_t, std::int16_t>;

// 32 bits in every lane.
OCTET_OP Ints broadcast(const Element* from) {
  std::int32_t group;
  std::memcpy(&group, from, sizeof group);
  return set_ints(group);
}

// Rows are addressed as base, base + stride, base + 2 strides: a third of the pointers that would be needed otherwise,
// few enough for the general registers.
constexpr int kRowsPerBase = 3;

template <int kRows>
struct RowPointers {
  static constexpr int kBases = (kRows + kRowsPerBase - 1) / kRowsPerBase;
  const Element* base[kBases];
};

template <int kRows, int kVectors>
OCTET_TARGET inline void multiply_step(Ints (&acc)[kRows][kVectors], const RowPointers<kRows>& a, std::int64_t stride, std::int64_t k,
                                       const Weight* weights) {
  Ints w[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) w[v] = load_ints(weights + v * kLanes * kGroup);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    const Ints x = broadcast(&a.base[r / kRowsPerBase][r % kRowsPerBase * stride + k]);
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) acc[r][v] = dot_into(acc[r][v], x, w[v]);
  }
}

// acc + the products of kRows rows from `row` on.
template <int kRows, int kVectors>
OCTET_OP void add_products(const GemmU8& gemm, std::int64_t row, Ints (&acc)[kRows][kVectors]) {
  constexpr int kWidth = kVectors * kLanes, kUnroll = 2;
  const std::int64_t stride = gemm.a_stride;
  RowPointers<kRows> a;
#pragma GCC unroll 16
  for (int i = 0; i < a.kBases; ++i) a.base[i] = static_cast<const Element*>(gemm.a) + (row + i * kRowsPerBase) * stride;
  const Weight* weights = static_cast<const Weight*>(gemm.weights);
  const auto move_rows = [&](std::int64_t elements) {
#pragma GCC unroll 16
    for (int i = 0; i < a.kBases; ++i) {
      a.base[i] += elements;
      asm("" : "+r"(a.base[i]));  // keeps GCC from making a pointer of every row
    }
  };
  for (std::int64_t left = gemm.groups; left > 0; left -= gemm.run_groups) {
    for (std::int64_t steps = gemm.run_groups / kUnroll; steps > 0; --steps, weights += kUnroll * kWidth * kGroup) {
#pragma GCC unroll 4
      for (int u = 0; u < kUnroll; ++u) multiply_step(acc, a, stride, u * kGroup, weights + u * kWidth * kGroup);
      move_rows(kUnroll * kGroup);
    }
    if (gemm.run_groups % kUnroll != 0) {
      multiply_step(acc, a, stride, 0, weights);
      move_rows(kGroup);
      weights += kWidth * kGroup;
    }
    move_rows(gemm.run_step - gemm.run_groups * kGroup);
  }
}

}  // namespace

#include "kernels/conv2d/gemm_u8_tiles.inl"
