#include "graph/positions.h"

namespace octet {

std::vector<std::int64_t> strided_positions(const Shape& shape, std::span<const std::int64_t> strides, std::int64_t first) {
  std::vector<std::int64_t> positions(static_cast<std::size_t>(element_count(shape)));
  std::vector<std::int64_t> index(shape.size(), 0);
  std::int64_t position = first;
  for (std::int64_t& place : positions) {
    place = position;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      position += strides[axis];
      if (++index[axis] < shape[axis]) break;
      position -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return positions;
}

std::vector<std::int64_t> broadcast_positions(const Shape& from, const Shape& to) {
  const auto dense = row_major_strides(from);
  std::vector<std::int64_t> strides(to.size(), 0);
  const std::size_t missing = to.size() - from.size();
  for (std::size_t axis = 0; axis < from.size(); ++axis) strides[missing + axis] = from[axis] == 1 ? 0 : dense[axis];
  return strided_positions(to, strides);
}

Tensor gather_elements(const Tensor& source, Shape shape, std::span<const std::int64_t> positions) {
  Tensor result(source.type(), std::move(shape));
  const std::size_t width = size_of(source.type());
  const std::span<std::byte> to = result.mutable_bytes();
  for (std::size_t i = 0; i < positions.size(); ++i)
    if (positions[i] >= 0) std::memcpy(&to[i * width], &source.bytes()[static_cast<std::size_t>(positions[i]) * width], width);
  return result;
}

}  // namespace octet
