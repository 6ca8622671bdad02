#include "kernels/bench.h"
#include "kernels/matmul/matmul.h"
#include "kernels/matmul/matmul_kernels.h"

namespace octet::kernels {

// The two products of an attention with four heads of 32 over a map of 20x20.
void MatmulF32Kernels::add_benchmarks() {
  for (const auto& [depth, columns] : {std::pair<std::int64_t, std::int64_t>{32, 400}, {400, 32}}) {
    const MatmulF32 matmul{400,
                           depth,
                           columns,
                           columns,
                           1,
                           {0, 400 * depth, 800 * depth, 1200 * depth},
                           {0, depth * columns, 2 * depth * columns, 3 * depth * columns}};
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
