#include "kernels/check.h"
#include "kernels/matmul_u8/matmul_u8.h"
#include "kernels/matmul_u8/matmul_u8_kernels.h"

namespace octet::kernels {

void matmul_u8_ref(const MatmulU8Shape& shape, std::uint8_t a_zero_point, std::uint8_t b_zero_point, float scale,
                   std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out) {
  auto to = out.begin();
  for (std::size_t which = 0; which < shape.a_offsets.size(); ++which)
    for (std::int64_t row = 0; row < shape.rows; ++row)
      for (std::int64_t column = 0; column < shape.columns; ++column) {
        std::int32_t sum = 0;
        for (std::int64_t k = 0; k < shape.depth; ++k) {
          const auto from_a = static_cast<std::size_t>(shape.a_offsets[which] + row * shape.depth + k);
          const auto from_b = static_cast<std::size_t>(shape.b_offsets[which] + k * shape.b_row_stride + column * shape.b_column_stride);
          sum += (a[from_a] - a_zero_point) * (b[from_b] - b_zero_point);
        }
        *to++ = static_cast<float>(sum) * scale;
      }
}

// A stack whose second factor is at times transposed, and at times one for all.
double MatmulU8Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  MatmulU8Shape shape;
  shape.rows = random.between(1, 150);
  shape.depth = random.between(1, 150);
  shape.columns = random.between(1, 70);
  const bool transposed = random.coin(), shared = random.coin();
  shape.b_row_stride = transposed ? 1 : shape.columns;
  shape.b_column_stride = transposed ? shape.depth : 1;
  const std::int64_t count = random.between(1, 3);
  for (std::int64_t i = 0; i < count; ++i) {
    shape.a_offsets.push_back(i * shape.rows * shape.depth);
    shape.b_offsets.push_back(shared ? 0 : i * shape.depth * shape.columns);
  }
  const auto a = random.integers<std::uint8_t>(count * shape.rows * shape.depth, 0, 255),
             b = random.integers<std::uint8_t>(count * shape.depth * shape.columns, 0, 255);
  const std::uint8_t a_zero_point = random.byte(), b_zero_point = random.byte();
  const float scale = random.real(1e-5f, 1e-3f);
  std::vector<float> expected(static_cast<std::size_t>(count * shape.rows * shape.columns)), found = expected;
  matmul_u8_ref(shape, a_zero_point, b_zero_point, scale, a, b, expected);
  MatmulU8(shape, a_zero_point, b_zero_point, scale, isa).run(a, b, found, pool);
  return difference(std::span<const float>(expected), std::span<const float>(found));
}

}  // namespace octet::kernels
