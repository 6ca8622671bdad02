#include "tensor/columns.h"

#include <vector>

namespace octet {

std::optional<Columns> columns_of(const Shape& shape, std::int64_t columns) {
  std::span<const std::int64_t> sides(shape);
  if (sides.size() > 2 || (sides.size() == 2 && columns == 1 && sides[1] != 1)) {
    if (sides[0] != 1) return std::nullopt;
    sides = sides.subspan(1);
  }
  const std::int64_t count = element_count(Shape(sides.begin(), sides.end()));
  if (sides.empty() || columns < 1 || count < 1 || count % columns != 0) return std::nullopt;
  const auto rows = static_cast<std::size_t>(count / columns);
  if (columns == 1) return Columns{rows, 1, 1};
  if (sides.size() < 2) return std::nullopt;
  if (sides.front() == columns) return Columns{rows, 1, rows};
  if (sides.back() == columns) return Columns{rows, static_cast<std::size_t>(columns), 1};
  return std::nullopt;
}

}  // namespace octet
