#include "kernels/check.h"
#include "kernels/matmul/matmul.h"
#include "kernels/matmul/matmul_kernels.h"

namespace octet::kernels {

void matmul_f32_ref(const MatmulF32& matmul, std::span<const float> a, std::span<const float> b, std::span<float> out) {
  auto to = out.begin();
  for (std::size_t which = 0; which < matmul.a_offsets.size(); ++which)
    for (std::int64_t row = 0; row < matmul.rows; ++row)
      for (std::int64_t column = 0; column < matmul.columns; ++column) {
        double sum = 0;
        for (std::int64_t k = 0; k < matmul.depth; ++k) {
          const auto from_a = static_cast<std::size_t>(matmul.a_offsets[which] + row * matmul.depth + k);
          const std::int64_t from_b = matmul.b_offsets[which] + k * matmul.b_row_stride + column * matmul.b_column_stride;
          sum += static_cast<double>(a[from_a]) * static_cast<double>(b[static_cast<std::size_t>(from_b)]);
        }
        *to++ = static_cast<float>(sum);
      }
}

// A stack whose second factor is at times transposed, and at times one for all.
double MatmulF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  MatmulF32 matmul;
  matmul.rows = random.between(1, 40);
  matmul.depth = random.between(1, 150);
  matmul.columns = random.between(1, 70);
  const bool transposed = random.coin(), shared = random.coin();
  matmul.b_row_stride = transposed ? 1 : matmul.columns;
  matmul.b_column_stride = transposed ? matmul.depth : 1;
  const std::int64_t count = random.between(1, 3);
  for (std::int64_t i = 0; i < count; ++i) {
    matmul.a_offsets.push_back(i * matmul.rows * matmul.depth);
    matmul.b_offsets.push_back(shared ? 0 : i * matmul.depth * matmul.columns);
  }
  const auto a = random.reals(count * matmul.rows * matmul.depth, -1, 1), b = random.reals(count * matmul.depth * matmul.columns, -1, 1);
  std::vector<float> expected(static_cast<std::size_t>(count * matmul.rows * matmul.columns)), found = expected;
  matmul_f32_ref(matmul, a, b, expected);
  matmul_f32(matmul, a, b, found, isa, pool);
  return difference(std::span<const float>(expected), std::span<const float>(found));
}

}  // namespace octet::kernels
