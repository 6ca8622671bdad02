// Tiles of the integer matrix product for multiplications by one lane of a register, written once: see kernels/target.h. Rows are read four
// groups, 16 bytes, at a time. Besides gemm_u8_finish.inl it takes
//   kTileRows, kGroup, Element, Weight     as gemm_u8_tile.inl
//   operand(x)                             bytes of a row as they are multiplied
//   Weights<kVectors>, weights_of<kVectors>(from)    those of a group, in registers
//   multiply_lane<kLane>(acc, x, weights)            adds their products with lane kLane of x to acc[kVectors]

#include "kernels/conv2d/arm/gemm_u8_row_start.inl"

namespace {

template <int kLane, int kRows, int kVectors>
OCTET_OP void multiply_step(Ints (&acc)[kRows][kVectors], const Ints (&x)[kRows], const Weight* from) {
  const Weights<kVectors> weights = weights_of<kVectors>(from);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) multiply_lane<kLane>(acc[r], x[r], weights);
}

// acc + the products of kRows rows from `row` on.
template <int kRows, int kVectors>
OCTET_OP void add_products(const GemmU8& gemm, std::int64_t row, Ints (&acc)[kRows][kVectors]) {
  constexpr int kStep = kVectors * kLanes * kGroup, kAtOnce = 4;
  add_row_start(gemm, row, acc);
  const Element* rows[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) rows[r] = static_cast<const Element*>(gemm.a) + (row + r) * gemm.a_stride;
  const auto* weights = static_cast<const Weight*>(gemm.weights);
  Ints x[kRows];
  std::int64_t run = 0;
  for (std::int64_t left = gemm.groups; left > 0; left -= gemm.run_groups, run += gemm.run_step) {
    std::int64_t k = run;
    for (std::int64_t steps = gemm.run_groups / kAtOnce; steps > 0; --steps, k += kAtOnce * kGroup, weights += kAtOnce * kStep) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) x[r] = operand(load_ints(rows[r] + k));
      multiply_step<0>(acc, x, weights);
      multiply_step<1>(acc, x, weights + kStep);
      multiply_step<2>(acc, x, weights + 2 * kStep);
      multiply_step<3>(acc, x, weights + 3 * kStep);
    }
    for (std::int64_t steps = gemm.run_groups % kAtOnce; steps > 0; --steps, k += kGroup, weights += kStep) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) x[r] = operand(load_group(rows[r] + k));
      multiply_step<0>(acc, x, weights);
    }
  }
}

}  // namespace

#include "kernels/conv2d/gemm_u8_tiles.inl"
