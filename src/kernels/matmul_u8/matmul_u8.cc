#include "kernels/matmul_u8/matmul_u8.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "kernels/matmul_u8/matmul_u8_kernels.h"

namespace octet::kernels {
namespace {

constexpr int kGroup = 2;  // depth of 16-bit operands that is taken in one step

Requantization times(float scale, std::int64_t columns) {
  const auto count = static_cast<std::size_t>(columns);
  return {std::vector<float>(count, scale), std::vector<float>(count, 0.0f), {}, false, {}, {}};
}

}  // namespace

// Of one thread: a panel of b, what its sums start from, and rows of a.
struct MatmulU8::Scratch {
  std::int32_t* start;
  std::int16_t *panel, *rows;

  Scratch(std::byte* memory, std::int64_t width, std::int64_t depth)
      : start(reinterpret_cast<std::int32_t*>(memory)),
        panel(reinterpret_cast<std::int16_t*>(start + width)),
        rows(panel + width * depth) {}
};

MatmulU8::MatmulU8(MatmulU8Shape shape, std::uint8_t a_zero_point, std::uint8_t b_zero_point, float scale, const Isa& isa)
    : shape_(std::move(shape)),
      a_zero_point_(a_zero_point),
      b_zero_point_(b_zero_point),
      requantization_(times(scale, shape_.columns)),
      isa_(isa) {
  OCTET_CHECK(shape_.depth <= kLongestMatmulU8, "the product is too deep for 32-bit sums");
  OCTET_CHECK(shape_.a_offsets.size() == shape_.b_offsets.size(), "as many factors on the left as on the right");
}

// Enough that a panel is worth its packing, few enough to stay in the cache beside it.
std::int64_t MatmulU8::rows_at_once() const { return 4 * best_kernel<MatmulU8Kernels>(isa_).run.tile_rows; }

std::size_t MatmulU8::scratch_bytes() const {
  const std::int64_t width = 2 * best_kernel<MatmulU8Kernels>(isa_).run.lanes, depth = padded_depth();
  return static_cast<std::size_t>(width) * sizeof(std::int32_t) +
         static_cast<std::size_t>((width + rows_at_once()) * depth) * sizeof(std::int16_t);
}

// `count` columns less their zero point as [depth / 2][width][2], and -a_zero_point times their sums.
void MatmulU8::pack_panel(const std::uint8_t* b, std::int64_t count, std::int64_t width, const Scratch& scratch) const {
  std::fill_n(scratch.start, width, 0);
  std::fill_n(scratch.panel, width * padded_depth(), std::int16_t{0});
  for (std::int64_t k = 0; k < shape_.depth; ++k) {
    std::int16_t* to = scratch.panel + k / kGroup * width * kGroup + k % kGroup;
    for (std::int64_t c = 0; c < count; ++c) {
      const int value = b[k * shape_.b_row_stride + c * shape_.b_column_stride] - b_zero_point_;
      to[c * kGroup] = static_cast<std::int16_t>(value);
      scratch.start[c] -= a_zero_point_ * value;
    }
  }
}

void MatmulU8::widen_rows(const std::uint8_t* a, std::int64_t rows, std::int16_t* to) const {
  for (std::int64_t row = 0; row < rows; ++row, a += shape_.depth, to += padded_depth()) {
    std::copy_n(a, shape_.depth, to);
    std::fill(to + shape_.depth, to + padded_depth(), std::int16_t{0});
  }
}

// A task is one panel of one product.
void MatmulU8::run(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out, ThreadPool& pool) const {
  const GemmU8Function& function = best_kernel<MatmulU8Kernels>(isa_).run;
  const std::int64_t full = 2 * function.lanes, product = shape_.rows * shape_.columns;
  const auto count = static_cast<std::int64_t>(shape_.a_offsets.size());
  OCTET_CHECK(static_cast<std::int64_t>(out.size()) == count * product, "factors do not fit the result");
  const std::int64_t panels = (shape_.columns + full - 1) / full;
  pool.run_each(count * panels, scratch_bytes(), [&](std::int64_t task, std::byte* memory) {
    const auto which = static_cast<std::size_t>(task / panels);
    const std::int64_t first = task % panels * full, columns = std::min(shape_.columns - first, full);
    const int vectors = columns > function.lanes ? 2 : 1;
    const Scratch scratch(memory, full, padded_depth());
    pack_panel(b.data() + shape_.b_offsets[which] + first * shape_.b_column_stride, columns, vectors * function.lanes, scratch);
    GemmU8 gemm;
    gemm.a = scratch.rows;
    gemm.a_stride = padded_depth();
    gemm.groups = gemm.run_groups = padded_depth() / kGroup;
    gemm.weights = scratch.panel;
    gemm.start = scratch.start;
    gemm.vectors = vectors;
    gemm.channels = columns;
    gemm.requantization = &requantization_;
    gemm.first_channel = static_cast<std::size_t>(first);
    gemm.out_stride = shape_.columns;
    for (std::int64_t row = 0; row < shape_.rows; row += rows_at_once()) {
      gemm.rows = std::min(rows_at_once(), shape_.rows - row);
      gemm.out_f32 = out.data() + static_cast<std::int64_t>(which) * product + row * shape_.columns + first;
      widen_rows(a.data() + shape_.a_offsets[which] + row * shape_.depth, gemm.rows, scratch.rows);
      function.run(gemm);
    }
  });
}

}  // namespace octet::kernels
