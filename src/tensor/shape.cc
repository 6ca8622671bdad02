#include "tensor/shape.h"

#include <algorithm>

#include "base/checked_math.h"

namespace octet {

std::int64_t element_count(const Shape& shape) {
  const auto count = checked_product(shape);
  OCTET_CHECK(count.has_value(), "a shape that was not validated: " + to_string(shape));
  return *count;
}

Status validate_shape(const Shape& shape) {
  // A size of 0 counts as 1 here, so that it does not hide absurd sizes beside it, whose strides would overflow.
  Shape counted = shape;
  std::replace(counted.begin(), counted.end(), std::int64_t{0}, std::int64_t{1});
  const auto count = checked_product(counted);
  if (!count || *count > kMaxElements) return Error{ErrorCode::kMalformed, "shape " + to_string(shape) + " is negative or too large"};
  return {};
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? "," : "") + std::to_string(shape[i]);
  return text + "]";
}

std::vector<std::int64_t> row_major_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

Result<Shape> broadcast(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t da = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t db = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (da != db && da != 1 && db != 1)
      return Error{ErrorCode::kMalformed, "shapes " + to_string(a) + " and " + to_string(b) + " do not broadcast"};
    result[result.size() - 1 - i] = da == 1 ? db : da;
  }
  return result;
}

}  // namespace octet
