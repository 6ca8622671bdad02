#include "kernels/softmax/softmax.h"

#include <algorithm>

#include "base/check.h"
#include "kernels/pixel_runs.h"
#include "kernels/softmax/softmax_kernels.h"

namespace octet::kernels {
namespace {

// Columns that a thread takes at a time.
constexpr std::int64_t kColumns = 256;

}  // namespace

void softmax_f32(const RowsOf& rows, std::span<const float> in, std::span<float> out, const Isa& isa, ThreadPool& pool) {
  const std::int64_t length = rows.length, inner = rows.inner;
  OCTET_CHECK(in.size() == out.size() && static_cast<std::int64_t>(out.size()) == rows.outer * length * inner, "rows of another size");
  if (out.empty()) return;
  const SoftmaxF32Functions& functions = best_kernel<SoftmaxF32Kernels>(isa).run;
  if (inner == 1) {
    pool.run(rows.outer, task_grain(length), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) functions.row(in.data() + row * length, out.data() + row * length, length);
    });
    return;
  }
  const std::int64_t blocks = (inner + kColumns - 1) / kColumns;
  pool.run(rows.outer * blocks, task_grain(length * std::min(inner, kColumns)), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t first = task % blocks * kColumns, at = task / blocks * length * inner + first;
      functions.columns(in.data() + at, out.data() + at, length, inner, std::min(kColumns, inner - first));
    }
  });
}

}  // namespace octet::kernels
