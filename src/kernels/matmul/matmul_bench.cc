#include "kernels/bench.h"
#include "kernels/matmul/matmul.h"
#include "kernels/matmul/matmul_kernels.h"

namespace octet::kernels {

// The two products of an attention with four heads of 32 over a map of 20x20.
void MatmulF32Kernels::add_benchmarks() {
  for (const auto& [depth, columns] : {std::pair<std::int64_t, std::int64_t>{32, 400}, {400, 32}}) {
    MatmulF32 matmul;
    matmul.rows = 400;
    matmul.depth = matmul.a_row_stride = depth;
    matmul.columns = matmul.b_row_stride = matmul.out_row_stride = columns;
    matmul.b_column_stride = 1;
    for (std::int64_t head = 0; head < 4; ++head) {
      matmul.a_offsets.push_back(head * 400 * depth);
      matmul.b_offsets.push_back(head * depth * columns);
      matmul.out_offsets.push_back(head * 400 * columns);
    }
    const double macs = 4.0 * 400 * static_cast<double>(depth * columns);
    bench::add<MatmulF32Kernels>("4x400x" + std::to_string(depth) + "x" + std::to_string(columns), macs, [matmul](const Isa& isa) {
      const auto count = static_cast<std::int64_t>(matmul.a_offsets.size());
      auto a = bench::noise<float>(count * matmul.rows * matmul.depth, -9, 9),
           b = bench::noise<float>(count * matmul.depth * matmul.columns, -9, 9);
      std::vector<float> out(static_cast<std::size_t>(count * matmul.rows * matmul.columns));
      return [=](ThreadPool& pool) mutable { matmul_f32(matmul, a, b, out, isa, pool); };
    });
  }
}

}  // namespace octet::kernels
