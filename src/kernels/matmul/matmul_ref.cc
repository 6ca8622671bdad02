#include "kernels/check.h"
#include "kernels/matmul/matmul.h"
#include "kernels/matmul/matmul_kernels.h"

namespace octet::kernels {

void matmul_f32_ref(const MatmulF32& matmul, std::span<const float> a, std::span<const float> b, std::span<float> out) {
  for (std::size_t which = 0; which < matmul.out_offsets.size(); ++which)
    for (std::int64_t row = 0; row < matmul.rows; ++row)
      for (std::int64_t column = 0; column < matmul.columns; ++column) {
        double sum = 0;
        for (std::int64_t k = 0; k < matmul.depth; ++k) {
          const std::int64_t from_a = matmul.a_offsets[which] + row * matmul.a_row_stride + k;
          const std::int64_t from_b = matmul.b_offsets[which] + k * matmul.b_row_stride + column * matmul.b_column_stride;
          sum += static_cast<double>(a[static_cast<std::size_t>(from_a)]) * static_cast<double>(b[static_cast<std::size_t>(from_b)]);
        }
        const std::int64_t to = matmul.out_offsets[which] + row * matmul.out_row_stride + column;
        out[static_cast<std::size_t>(to)] = static_cast<float>(static_cast<double>(matmul.scale) * sum);
      }
}

// A stack whose second factor is at times transposed, and at times one for all; rows may have gaps, those of the result too.
double MatmulF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  MatmulF32 matmul;
  matmul.rows = random.between(1, 40);
  matmul.depth = random.between(1, 150);
  matmul.columns = random.between(1, 70);
  matmul.scale = random.coin() ? 1.0f : random.real(-2, 2);
  const bool transposed = random.coin(), shared = random.coin();
  const auto with_gap = [&](std::int64_t size) { return size + (random.coin() ? 0 : random.between(1, 20)); };
  matmul.a_row_stride = with_gap(matmul.depth);
  matmul.out_row_stride = with_gap(matmul.columns);
  const std::int64_t b_stride = with_gap(transposed ? matmul.depth : matmul.columns);
  matmul.b_row_stride = transposed ? 1 : b_stride;
  matmul.b_column_stride = transposed ? b_stride : 1;
  const std::int64_t a_size = matmul.rows * matmul.a_row_stride, out_size = matmul.rows * matmul.out_row_stride;
  const std::int64_t b_size = (transposed ? matmul.columns : matmul.depth) * b_stride, count = random.between(1, 3);
  for (std::int64_t i = 0; i < count; ++i) {
    matmul.a_offsets.push_back(i * a_size);
    matmul.b_offsets.push_back(shared ? 0 : i * b_size);
    matmul.out_offsets.push_back(i * out_size);
  }
  const auto a = random.reals(count * a_size, -1, 1), b = random.reals(count * b_size, -1, 1);
  std::vector<float> expected(static_cast<std::size_t>(count * out_size)), found = expected;
  matmul_f32_ref(matmul, a, b, expected);
  matmul_f32(matmul, a, b, found, isa, pool);
  return difference(std::span<const float>(expected), std::span<const float>(found));
}

}  // namespace octet::kernels
