#include "kernels/matmul/matmul.h"

#include <algorithm>

#include "base/check.h"
#include "kernels/conv2d/panels.h"
#include "kernels/matmul/matmul_kernels.h"

namespace octet::kernels {
namespace {

// Columns [first, first + count) of b, scaled, as a panel of `width`, which a tile reads from front to back.
void pack_panel(const MatmulF32& matmul, const float* b, std::int64_t count, std::int64_t width, float* packed) {
  const std::int64_t step = matmul.b_column_stride;
  for (std::int64_t k = 0; k < matmul.depth; ++k, packed += width) {
    const float* row = b + k * matmul.b_row_stride;
    for (std::int64_t c = 0; c < count; ++c) packed[c] = row[step == 1 ? c : c * step] * matmul.scale;
    std::fill(packed + count, packed + width, 0.0f);
  }
}

// Of the widest panel, and of the bias that there is not.
std::int64_t panel_elements(const MatmulF32& matmul, int lanes) { return 2 * lanes * (matmul.depth + 1); }

}  // namespace

std::size_t matmul_f32_scratch_bytes(const MatmulF32& matmul, const Isa& isa) {
  return static_cast<std::size_t>(panel_elements(matmul, best_kernel<MatmulF32Kernels>(isa).run.lanes)) * sizeof(float);
}

// A task is one panel of one product.
void matmul_f32(const MatmulF32& matmul, std::span<const float> a, std::span<const float> b, std::span<float> out, const Isa& isa,
                ThreadPool& pool) {
  const GemmF32Function& function = best_kernel<MatmulF32Kernels>(isa).run;
  const std::int64_t width = 2 * function.lanes;
  const auto count = static_cast<std::int64_t>(matmul.out_offsets.size());
  OCTET_CHECK(matmul.a_offsets.size() == matmul.out_offsets.size() && matmul.b_offsets.size() == matmul.out_offsets.size(),
              "factors do not fit the result");
  const std::int64_t panels = (matmul.columns + width - 1) / width;
  pool.run_each(count * panels, matmul_f32_scratch_bytes(matmul, isa), [&](std::int64_t task, std::byte* scratch) {
    const auto which = static_cast<std::size_t>(task / panels);
    const std::int64_t first = task % panels * width;
    float *zeros = reinterpret_cast<float*>(scratch), *packed = zeros + width;
    GemmF32 gemm;
    gemm.a = a.data() + matmul.a_offsets[which];
    gemm.a_stride = matmul.a_row_stride;
    gemm.rows = matmul.rows;
    gemm.depth = gemm.run = matmul.depth;
    gemm.channels = std::min(matmul.columns - first, width);
    gemm.vectors = gemm.channels > function.lanes ? 2 : 1;
    std::fill_n(zeros, width, 0.0f);
    pack_panel(matmul, b.data() + matmul.b_offsets[which] + first * matmul.b_column_stride, gemm.channels, gemm.vectors * function.lanes,
               packed);
    gemm.weights = packed;
    gemm.bias = zeros;
    gemm.out = out.data() + matmul.out_offsets[which] + first;
    gemm.out_stride = matmul.out_row_stride;
    function.run(gemm);
  });
}

}  // namespace octet::kernels
