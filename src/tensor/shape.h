#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace octet {

// Sizes of a tensor, outermost first; empty for a scalar. Never negative.
using Shape = std::vector<std::int64_t>;

// Greatest number of elements that octet accepts in one tensor; guards allocations against hostile files.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;

// Product of the sizes, 1 for a scalar. The shape must have passed validate_shape.
std::int64_t element_count(const Shape& shape);

// kMalformed if a size is negative or the product of those above 0 exceeds kMaxElements; so strides, and the product of two
// sizes of different shapes, stay within int64.
Status validate_shape(const Shape& shape);

// "[1,3,300,300]", "[]" for a scalar.
std::string to_string(const Shape& shape);

// Row-major strides in elements.
std::vector<std::int64_t> row_major_strides(const Shape& shape);

// NumPy broadcasting of two shapes; kMalformed if they do not fit.
Result<Shape> broadcast(const Shape& a, const Shape& b);

}  // namespace octet
