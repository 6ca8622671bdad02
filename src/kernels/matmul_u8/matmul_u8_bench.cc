#include <memory>

#include "kernels/bench.h"
#include "kernels/matmul_u8/matmul_u8.h"
#include "kernels/matmul_u8/matmul_u8_kernels.h"

namespace octet::kernels {

// The two products of an attention with four heads of 32 over a map of 20x20.
void MatmulU8Kernels::add_benchmarks() {
  for (const auto& [depth, columns] : {std::pair<std::int64_t, std::int64_t>{32, 400}, {400, 32}}) {
    const MatmulU8Shape shape{400,
                              depth,
                              columns,
                              columns,
                              1,
                              {0, 400 * depth, 800 * depth, 1200 * depth},
                              {0, depth * columns, 2 * depth * columns, 3 * depth * columns}};
    const double macs = 4.0 * 400 * static_cast<double>(depth * columns);
    bench::add<MatmulU8Kernels>("4x400x" + std::to_string(depth) + "x" + std::to_string(columns), macs, [shape](const Isa& isa) {
      const auto count = static_cast<std::int64_t>(shape.a_offsets.size());
      const auto product = std::make_shared<const MatmulU8>(shape, std::uint8_t{128}, std::uint8_t{100}, 0.01f, isa);
      auto a = bench::noise<std::uint8_t>(count * shape.rows * shape.depth, 0, 255),
           b = bench::noise<std::uint8_t>(count * shape.depth * shape.columns, 0, 255);
      std::vector<float> out(static_cast<std::size_t>(count * shape.rows * shape.columns));
      return [=](ThreadPool& pool) mutable { product->run(a, b, out, pool); };
    });
  }
}

}  // namespace octet::kernels
