#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "tensor/shape.h"

namespace octet {

// How candidates lie in an output: `rows` of them, with numbers `column_stride` apart.
struct Columns {
  std::size_t rows = 0, row_stride = 1, column_stride = 1;
};

// An output of that many columns: [1,columns,...] or, where that does not fit, [1,...,columns]; the batch may be missing. One column is
// any shape of one batch, or [N,1]. Nothing for other shapes, and for none or no rows.
std::optional<Columns> columns_of(const Shape& shape, std::int64_t columns);

// Numbers of an output from a column on.
struct ColumnValues {
  std::span<const float> values;
  Columns columns;
  std::size_t first = 0;

  double at(std::size_t row, std::size_t column) const {
    return values[row * columns.row_stride + (first + column) * columns.column_stride];
  }
};

}  // namespace octet
