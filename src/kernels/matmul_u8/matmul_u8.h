#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/requantize_table.h"

namespace octet::kernels {

// A stack of products [rows, depth] x [depth, columns] of bytes that stand for real numbers by one scale and zero point each. Rows of `a`
// are dense; `b` may lie in any order, so also transposed.
struct MatmulU8Shape {
  std::int64_t rows = 0, depth = 0, columns = 0;       // depth at most kLongestMatmulU8
  std::int64_t b_row_stride = 0, b_column_stride = 0;  // of depth and of columns, in elements
  std::vector<std::int64_t> a_offsets, b_offsets;      // of each product's factors
};

// Products of bytes less zero points of which a sum is sure to stay within 32 bits.
inline constexpr std::int64_t kLongestMatmulU8 = std::numeric_limits<std::int32_t>::max() / (255 * 255);

// out = float(sum of (a - a_zero_point) * (b - b_zero_point)) * scale: the sum is exact, and the result the same bits by every kernel and
// on any number of threads. Immutable; safe to run from several threads, each with a pool of its own.
class MatmulU8 {
 public:
  MatmulU8(MatmulU8Shape shape, std::uint8_t a_zero_point, std::uint8_t b_zero_point, float scale, const Isa& isa);

  // What a run takes of the pool's scratch, for each thread.
  std::size_t scratch_bytes() const;
  // `out` holds the results one behind the other.
  void run(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out, ThreadPool& pool) const;

 private:
  struct Scratch;

  std::int64_t padded_depth() const;
  std::int64_t panel_width() const { return std::int64_t{2} * function_.lanes; }
  std::int64_t columns_at_once() const;
  std::int64_t row_bytes() const { return padded_depth() * (function_.wide ? 2 : 1); }
  std::int64_t rows_at_once() const;
  int vectors(std::int64_t columns) const { return columns > function_.lanes ? 2 : 1; }
  // What is taken off the bytes of `b` before they are multiplied: their zero point where operands have 16 bits, else what makes s8 of u8.
  int b_offset() const { return function_.wide ? b_zero_point_ : 128; }
  template <typename Weight, std::int64_t kGroup>
  void pack_columns(const std::uint8_t* b, std::int64_t row_stride, std::int64_t column_stride, std::int64_t count, std::int64_t width,
                    std::int32_t* start, Weight* panel) const;
  template <typename Weight, std::int64_t kGroup>
  void pack_panel(const std::uint8_t* b, std::int64_t count, std::int64_t width, std::int32_t* start, std::byte* to) const;
  template <typename Element>
  void copy_rows(const std::uint8_t* a, std::int64_t rows, const Scratch& scratch) const;
  void pack(const std::uint8_t* b, std::int64_t columns, const Scratch& scratch) const;
  void multiply(const std::uint8_t* a, std::int64_t columns, const Scratch& scratch, GemmU8 gemm, float* out) const;

  MatmulU8Shape shape_;
  std::uint8_t a_zero_point_, b_zero_point_;
  GemmU8Function function_;
  RequantizationTable requantization_;  // of any panel
};

// The plain definition.
void matmul_u8_ref(const MatmulU8Shape& shape, std::uint8_t a_zero_point, std::uint8_t b_zero_point, float scale,
                   std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out);

}  // namespace octet::kernels
