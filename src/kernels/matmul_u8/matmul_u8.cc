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

// Of one thread: what the sums of some columns and of some rows start from, panels of those columns of b and rows of a, both as operands.
struct MatmulU8::Scratch {
  std::int32_t *start, *row_start;
  std::byte *panels, *rows;

  Scratch(std::byte* memory, std::int64_t width, std::int64_t most_rows, std::int64_t panel_bytes)
      : start(reinterpret_cast<std::int32_t*>(memory)),
        row_start(start + width),
        panels(reinterpret_cast<std::byte*>(row_start + most_rows)),
        rows(panels + panel_bytes) {}
};

MatmulU8::MatmulU8(MatmulU8Shape shape, std::uint8_t a_zero_point, std::uint8_t b_zero_point, float scale, const Isa& isa)
    : shape_(std::move(shape)),
      a_zero_point_(a_zero_point),
      b_zero_point_(b_zero_point),
      function_(best_kernel<MatmulU8Kernels>(isa).run),
      requantization_(times(scale, panel_width())) {
  OCTET_CHECK(shape_.depth <= kLongestMatmulU8, "the product is too deep for 32-bit sums");
  OCTET_CHECK(shape_.a_offsets.size() == shape_.b_offsets.size(), "as many factors on the left as on the right");
}

// Few enough to stay in the first cache beside a panel.
std::int64_t MatmulU8::rows_at_once() const { return 4 * function_.tile_rows; }

std::int64_t MatmulU8::padded_depth() const {
  const std::int64_t step = std::int64_t{function_.group()} * function_.run_multiple();
  return (shape_.depth + step - 1) / step * step;
}

// A number of whole panels, all columns where they stay in the second cache.
std::int64_t MatmulU8::columns_at_once() const {
  constexpr std::int64_t kBytes = 512 * 1024;
  const std::int64_t most = std::max<std::int64_t>(1, kBytes / (row_bytes() * panel_width()));
  return panel_width() * std::min(most, (shape_.columns + panel_width() - 1) / panel_width());
}

std::size_t MatmulU8::scratch_bytes() const {
  const std::int64_t count = columns_at_once() + rows_at_once();
  return static_cast<std::size_t>(count * (std::int64_t{sizeof(std::int32_t)} + row_bytes()));
}

// Column after column, a group of neighbours of a column behind one another: where `row_stride` is known to be 1 they are read at once,
// and where `column_stride` is, those of many columns.
template <typename Weight, std::int64_t kGroup>
__attribute__((always_inline)) inline void MatmulU8::pack_columns(const std::uint8_t* b, std::int64_t row_stride,
                                                                  std::int64_t column_stride, std::int64_t count, std::int64_t width,
                                                                  std::int32_t* start, Weight* panel) const {
  std::fill_n(start, width, 0);
  std::fill_n(panel, width * padded_depth(), Weight{0});
  for (std::int64_t first = 0; first < shape_.depth; first += kGroup, panel += width * kGroup) {
    const std::int64_t group = std::min(kGroup, shape_.depth - first);
    for (std::int64_t c = 0; c < count; ++c)
      for (std::int64_t k = 0; k < group; ++k) {
        const int value = b[(first + k) * row_stride + c * column_stride];
        panel[c * kGroup + k] = static_cast<Weight>(value - b_offset());
        start[c] += value - b_zero_point_;
      }
  }
  // Of a kernel that takes something off the bytes of `a` itself, that times all of a column's operands is put back.
  const int taken_off = function_.taken_off, operand_less_value = b_zero_point_ - b_offset();
  for (std::int64_t c = 0; c < count; ++c)
    start[c] = (taken_off - a_zero_point_) * start[c] + taken_off * operand_less_value * static_cast<std::int32_t>(shape_.depth);
}

// `count` columns less b_offset() as [depth / group][width][group], and -a_zero_point times the sums of what is less the zero point.
template <typename Weight, std::int64_t kGroup>
void MatmulU8::pack_panel(const std::uint8_t* b, std::int64_t count, std::int64_t width, std::int32_t* start, std::byte* to) const {
  auto* panel = reinterpret_cast<Weight*>(to);
  if (shape_.b_row_stride == 1)
    pack_columns<Weight, kGroup>(b, 1, shape_.b_column_stride, count, width, start, panel);
  else if (shape_.b_column_stride == 1)
    pack_columns<Weight, kGroup>(b, shape_.b_row_stride, 1, count, width, start, panel);
  else
    pack_columns<Weight, kGroup>(b, shape_.b_row_stride, shape_.b_column_stride, count, width, start, panel);
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

// `columns` columns as panels.
void MatmulU8::pack(const std::uint8_t* b, std::int64_t columns, const Scratch& scratch) const {
  for (std::int64_t first = 0; first < columns; first += panel_width()) {
    const std::int64_t count = std::min(columns - first, panel_width()), width = vectors(count) * function_.lanes;
    const std::uint8_t* from = b + first * shape_.b_column_stride;
    std::int32_t* start = scratch.start + first;
    std::byte* to = scratch.panels + first * row_bytes();
    if (function_.wide)
      pack_panel<std::int16_t, 2>(from, count, width, start, to);
    else if (function_.eights)
      pack_panel<std::int8_t, 8>(from, count, width, start, to);
    else
      pack_panel<std::int8_t, 4>(from, count, width, start, to);
  }
}

// `gemm.rows` rows times the `columns` columns that are packed.
void MatmulU8::multiply(const std::uint8_t* a, std::int64_t columns, const Scratch& scratch, GemmU8 gemm, float* out) const {
  function_.wide ? copy_rows<std::int16_t>(a, gemm.rows, scratch) : copy_rows<std::uint8_t>(a, gemm.rows, scratch);
  for (std::int64_t first = 0; first < columns; first += panel_width()) {
    gemm.channels = std::min(columns - first, panel_width());
    gemm.vectors = vectors(gemm.channels);
    gemm.weights = scratch.panels + first * row_bytes();
    gemm.start = scratch.start + first;
    gemm.out_f32 = out + first;
    function_.run(gemm);
  }
}

// A task is a part of the rows of one product: all of them where there are products for every thread.
void MatmulU8::run(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out, ThreadPool& pool) const {
  const std::int64_t product = shape_.rows * shape_.columns, wanted = pool.threads() == 1 ? 1 : 2 * pool.threads();
  const auto count = static_cast<std::int64_t>(shape_.a_offsets.size());
  OCTET_CHECK(static_cast<std::int64_t>(out.size()) == count * product, "factors do not fit the result");
  if (out.empty()) return;
  const std::int64_t parts = std::clamp<std::int64_t>((wanted + count - 1) / count, 1, shape_.rows);
  pool.run_each(count * parts, scratch_bytes(), [&](std::int64_t task, std::byte* memory) {
    const auto which = static_cast<std::size_t>(task / parts);
    const std::int64_t begin = shape_.rows * (task % parts) / parts, end = shape_.rows * (task % parts + 1) / parts;
    const Scratch scratch(memory, columns_at_once(), rows_at_once(), columns_at_once() * row_bytes());
    GemmU8 gemm;
    gemm.a = scratch.rows;
    gemm.a_stride = padded_depth();
    gemm.groups = gemm.run_groups = padded_depth() / function_.group();
    gemm.row_start = b_offset() == b_zero_point_ ? nullptr : scratch.row_start;
    gemm.requantization = &requantization_;
    gemm.out_stride = shape_.columns;
    for (std::int64_t first = 0; first < shape_.columns; first += columns_at_once()) {
      const std::int64_t columns = std::min(columns_at_once(), shape_.columns - first);
      pack(b.data() + shape_.b_offsets[which] + first * shape_.b_column_stride, columns, scratch);
      for (std::int64_t row = begin; row < end; row += rows_at_once()) {
        gemm.rows = std::min(rows_at_once(), end - row);
        multiply(a.data() + shape_.a_offsets[which] + row * shape_.depth, columns, scratch, gemm,
                 out.data() + static_cast<std::int64_t>(which) * product + row * shape_.columns + first);
      }
    }
  });
}

}  // namespace octet::kernels
