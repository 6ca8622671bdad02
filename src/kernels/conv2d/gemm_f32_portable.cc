// Float matrix product in plain C++: 4 rows by 2 vectors of 4 channels, which the compiler keeps in SSE registers.
#include <algorithm>
#include <cstdint>

#include "kernels/activation/activation_scalar.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_f32.h"

namespace octet::kernels::portable {
namespace {

constexpr int kRows = 4, kLanes = 4;

template <int kWidth>
void multiply_tile(const GemmF32& gemm, std::int64_t row, float (&sums)[kRows][2 * kLanes]) {
  const float* a[kRows];
  for (int r = 0; r < kRows; ++r) {
    a[r] = gemm.a + std::min(row + r, gemm.rows - 1) * gemm.a_stride;  // rows beyond the last repeat it
    std::copy_n(gemm.bias, kWidth, sums[r]);
  }
  const float* weights = gemm.weights;
  std::int64_t in_run = 0;
  for (std::int64_t k = 0; k < gemm.depth;) {
    float acc[kRows][kWidth] = {};
    for (const std::int64_t end = std::min(k + kSumBlock, gemm.depth); k < end; ++k, weights += kWidth) {
      for (int r = 0; r < kRows; ++r)
        for (int c = 0; c < kWidth; ++c) acc[r][c] += *a[r] * weights[c];
      const std::int64_t step = ++in_run == gemm.run ? gemm.run_step - gemm.run + 1 : 1;
      if (in_run == gemm.run) in_run = 0;
      for (const float*& row_of_a : a) row_of_a += step;
    }
    for (int r = 0; r < kRows; ++r)
      for (int c = 0; c < kWidth; ++c) sums[r][c] += acc[r][c];
  }
}

template <Activation::Kind kKind>
void finish_row(const GemmF32& gemm, std::int64_t row, const float* sums) {
  for (std::int64_t c = 0; c < gemm.channels; ++c)
    write_result(gemm, row, c, scalar::activate<kKind>(sums[c], gemm.activation.a, gemm.activation.b));
}

}  // namespace

void gemm_f32(const GemmF32& gemm) {
  float sums[kRows][2 * kLanes];
  with_kind(gemm.activation.kind, [&](auto kind) {
    for (std::int64_t row = 0; row < gemm.rows; row += kRows) {
      gemm.vectors == 2 ? multiply_tile<2 * kLanes>(gemm, row, sums) : multiply_tile<kLanes>(gemm, row, sums);
      for (std::int64_t r = 0; r < kRows && row + r < gemm.rows; ++r) finish_row<kind()>(gemm, row + r, sums[r]);
    }
  });
}

}  // namespace octet::kernels::portable
