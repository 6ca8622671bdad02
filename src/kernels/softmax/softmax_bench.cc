#include <string>

#include "kernels/bench.h"
#include "kernels/softmax/softmax_kernels.h"

namespace octet::kernels {

// The scores of an attention over a map of 20x20, and the distances of a box as distributions.
void SoftmaxF32Kernels::add_benchmarks() {
  for (const RowsOf& rows : {RowsOf{1600, 400, 1}, RowsOf{1, 16, 33600}}) {
    const std::int64_t count = rows.outer * rows.length * rows.inner;
    bench::add<SoftmaxF32Kernels>(bench::size_text(rows.outer, rows.length, rows.inner), 0, [rows, count](const Isa& isa) {
      auto in = bench::noise<float>(count, -9, 9);
      std::vector<float> out(in.size());
      return [=](ThreadPool& pool) mutable { softmax_f32(rows, in, out, isa, pool); };
    });
  }
}

}  // namespace octet::kernels
