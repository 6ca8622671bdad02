// The definition, and the check of the kernels against it.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/check.h"
#include "kernels/softmax/softmax_kernels.h"

namespace octet::kernels {

void softmax_f32_ref(const RowsOf& rows, std::span<const float> in, std::span<float> out) {
  for (std::int64_t outer = 0; outer < rows.outer; ++outer)
    for (std::int64_t inner = 0; inner < rows.inner; ++inner) {
      const auto at = [&](std::int64_t i) { return static_cast<std::size_t>((outer * rows.length + i) * rows.inner + inner); };
      double most = static_cast<double>(in[at(0)]), sum = 0;
      for (std::int64_t i = 1; i < rows.length; ++i) most = std::max(most, static_cast<double>(in[at(i)]));
      for (std::int64_t i = 0; i < rows.length; ++i) sum += std::exp(static_cast<double>(in[at(i)]) - most);
      for (std::int64_t i = 0; i < rows.length; ++i) out[at(i)] = static_cast<float>(std::exp(static_cast<double>(in[at(i)]) - most) / sum);
    }
}

double SoftmaxF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const RowsOf rows{random.between(1, 4), random.between(1, 150), random.coin() ? 1 : random.between(2, 300)};
  const float range = random.coin() ? 4.0f : 200.0f;
  const auto in = random.reals(rows.outer * rows.length * rows.inner, -range, range);
  std::vector<float> expected(in.size()), found(in.size());
  softmax_f32_ref(rows, in, expected);
  softmax_f32(rows, in, found, isa, pool);
  return difference(std::span<const float>(expected), std::span<const float>(found));
}

}  // namespace octet::kernels
