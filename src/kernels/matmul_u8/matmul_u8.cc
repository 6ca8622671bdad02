#include "kernels/matmul_u8/matmul_u8.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "kernels/matmul_u8/matmul_u8_kernels.h"

namespace octet::kernels {
namespace {

Requantization times(float scale, std::int64_t columns) {
  const auto count = static_cast<std::size_t>(columns);
  return {std::vector<float>(count, scale), std::vector<float>(count, 0.0f), {}, false, {}, {}};
}

}  // namespace

// Of one thread: what the sums of a panel of b and of rows of a start from, and both as operands of `element_bytes`.
struct MatmulU8::Scratch {
  std::int32_t *start, *row_start;
  std::byte *panel, *rows;

  Scratch(std::byte* memory, std::int64_t width, std::int64_t most_rows, std::int64_t panel_bytes)
      : start(reinterpret_cast<std::int32_t*>(memory)),
        row_start(start + width),
        panel(reinterpret_cast<std::byte*>(row_start + most_rows)),
        rows(panel + panel_bytes) {}
};

MatmulU8::MatmulU8(MatmulU8Shape shape, std::uint8_t a_zero_point, std::uint8_t b_zero_point, float scale, const Isa& isa)
    : shape_(std::move(shape)),
      a_zero_point_(a_zero_point),
      b_zero_point_(b_zero_point),
      requantization_(times(scale, shape_.columns)),
      function_(best_kernel<MatmulU8Kernels>(isa).run) {
  OCTET_CHECK(shape_.depth <= kLongestMatmulU8, "the product is too deep for 32-bit sums");
  OCTET_CHECK(shape_.a_offsets.size() == shape_.b_offsets.size(), "as many factors on the left as on the right");
}

// Enough that a panel is worth its packing, few enough to stay in the cache beside it.
std::int64_t MatmulU8::rows_at_once() const { return 4 * function_.tile_rows; }

std::int64_t MatmulU8::padded_depth() const {
  const std::int64_t step = std::int64_t{function_.group()} * function_.run_multiple();
  return (shape_.depth + step - 1) / step * step;
}

std::size_t MatmulU8::scratch_bytes() const {
  const std::int64_t count = full_width() + rows_at_once();
  return static_cast<std::size_t>(count * (std::int64_t{sizeof(std::int32_t)} + row_bytes()));
}

// `count` columns less b_offset() as [depth / group][width][group], and -a_zero_point times the sums of what is less the zero point.
template <typename Weight>
void MatmulU8::pack_panel(const std::uint8_t* b, std::int64_t count, std::int64_t width, const Scratch& scratch) const {
  constexpr std::int64_t kGroup = 4 / std::int64_t{sizeof(Weight)};
  auto* panel = reinterpret_cast<Weight*>(scratch.panel);
  std::fill_n(scratch.start, width, 0);
  std::fill_n(panel, width * padded_depth(), Weight{0});
  for (std::int64_t k = 0; k < shape_.depth; ++k) {
    Weight* to = panel + k / kGroup * width * kGroup + k % kGroup;
    for (std::int64_t c = 0; c < count; ++c) {
      const int value = b[k * shape_.b_row_stride + c * shape_.b_column_stride];
      to[c * kGroup] = static_cast<Weight>(value - b_offset());
      scratch.start[c] -= a_zero_point_ * (value - b_zero_point_);
    }
  }
}

// Rows with zeros behind them, and what is still to be taken off their sums.
template <typename Element>
void MatmulU8::copy_rows(const std::uint8_t* a, std::int64_t rows, const Scratch& scratch) const {
  auto* to = reinterpret_cast<Element*>(scratch.rows);
  const int left = b_offset() - b_zero_point_;
  for (std::int64_t row = 0; row < rows; ++row, a += shape_.depth, to += padded_depth()) {
    std::copy_n(a, shape_.depth, to);
    std::fill(to + shape_.depth, to + padded_depth(), Element{0});
    scratch.row_start[row] = left == 0 ? 0 : left * std::accumulate(a, a + shape_.depth, 0);
  }
}

void MatmulU8::pack(const std::uint8_t* b, std::int64_t count, std::int64_t width, const Scratch& scratch) const {
  function_.wide ? pack_panel<std::int16_t>(b, count, width, scratch) : pack_panel<std::int8_t>(b, count, width, scratch);
}

void MatmulU8::copy(const std::uint8_t* a, std::int64_t rows, const Scratch& scratch) const {
  function_.wide ? copy_rows<std::int16_t>(a, rows, scratch) : copy_rows<std::uint8_t>(a, rows, scratch);
}

// A task is one panel of one product.
void MatmulU8::run(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out, ThreadPool& pool) const {
  const std::int64_t full = full_width(), product = shape_.rows * shape_.columns;
  const auto count = static_cast<std::int64_t>(shape_.a_offsets.size());
  OCTET_CHECK(static_cast<std::int64_t>(out.size()) == count * product, "factors do not fit the result");
  const std::int64_t panels = (shape_.columns + full - 1) / full;
  pool.run_each(count * panels, scratch_bytes(), [&](std::int64_t task, std::byte* memory) {
    const auto which = static_cast<std::size_t>(task / panels);
    const std::int64_t first = task % panels * full, columns = std::min(shape_.columns - first, full);
    const int vectors = columns > function_.lanes ? 2 : 1;
    const Scratch scratch(memory, full, rows_at_once(), full * row_bytes());
    pack(b.data() + shape_.b_offsets[which] + first * shape_.b_column_stride, columns, vectors * function_.lanes, scratch);
    GemmU8 gemm;
    gemm.a = scratch.rows;
    gemm.a_stride = padded_depth();
    gemm.groups = gemm.run_groups = padded_depth() / function_.group();
    gemm.weights = scratch.panel;
    gemm.start = scratch.start;
    gemm.row_start = b_offset() == b_zero_point_ ? nullptr : scratch.row_start;
    gemm.vectors = vectors;
    gemm.channels = columns;
    gemm.requantization = &requantization_;
    gemm.first_channel = static_cast<std::size_t>(first);
    gemm.out_stride = shape_.columns;
    for (std::int64_t row = 0; row < shape_.rows; row += rows_at_once()) {
      gemm.rows = std::min(rows_at_once(), shape_.rows - row);
      gemm.out_f32 = out.data() + static_cast<std::int64_t>(which) * product + row * shape_.columns + first;
      copy(a.data() + shape_.a_offsets[which] + row * shape_.depth, gemm.rows, scratch);
      function_.run(gemm);
    }
  });
}

}  // namespace octet::kernels
