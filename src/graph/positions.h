#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

// Operations that only move elements are lists of source positions, whatever the element type.
namespace octet {

// Row-major over `shape`: first + sum of index[axis] * strides[axis].
std::vector<std::int64_t> strided_positions(const Shape& shape, std::span<const std::int64_t> strides, std::int64_t first = 0);

// For each element of `to`, in order, the element of `from` that NumPy's broadcasting puts there.
std::vector<std::int64_t> broadcast_positions(const Shape& from, const Shape& to);

// The elements of `source` at `positions` as a tensor of `shape`; a negative position is a zero.
Tensor gather_elements(const Tensor& source, Shape shape, std::span<const std::int64_t> positions);

}  // namespace octet
