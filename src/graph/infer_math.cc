#include "graph/infer.h"

#include <cmath>

namespace octet::infer {

// A list on one side stands for a row (left) or a column (right) that the result drops, as in NumPy.
Types infer(const MatMul& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "product"));
  Shape a = arguments.shape(0), b = arguments.shape(1);
  if (a.empty() || b.empty()) return malformed("a factor is a scalar");
  const bool list_a = a.size() == 1, list_b = b.size() == 1;
  if (list_a) a.insert(a.begin(), 1);
  if (list_b) b.push_back(1);
  if (op.transpose_a && !list_a) std::swap(a[a.size() - 1], a[a.size() - 2]);
  if (op.transpose_b && !list_b) std::swap(b[b.size() - 1], b[b.size() - 2]);
  const std::int64_t rows = a[a.size() - 2], columns = b[b.size() - 1];
  if (a[a.size() - 1] != b[b.size() - 2])
    return malformed("shapes " + to_string(arguments.shape(0)) + " and " + to_string(arguments.shape(1)) + " do not multiply");
  a.resize(a.size() - 2);
  b.resize(b.size() - 2);
  OCTET_ASSIGN(Shape result, broadcast(a, b));
  if (!list_a) result.push_back(rows);
  if (!list_b) result.push_back(columns);
  return std::vector<TensorType>{{arguments.element(0), std::move(result)}};
}

Types infer(const Binary&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_numeric(arguments, "arithmetic"));
  OCTET_ASSIGN(Shape shape, broadcast(arguments.shape(0), arguments.shape(1)));
  return std::vector<TensorType>{{arguments.element(0), std::move(shape)}};
}

Types infer(const Unary& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_numeric(arguments, "arithmetic"));
  const bool exact = op.kind == UnaryKind::kRelu || op.kind == UnaryKind::kAbs || op.kind == UnaryKind::kNegative;
  if (!exact) OCTET_RETURN_IF_ERROR(expect_float(arguments, "function"));
  return std::vector<TensorType>{arguments.types[0]};
}

Types infer(const Clamp& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_numeric(arguments, "arithmetic"));
  if (!(op.min <= op.max)) return malformed("min " + std::to_string(op.min) + " is above max " + std::to_string(op.max));
  return std::vector<TensorType>{arguments.types[0]};
}

Types infer(const PRelu&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "function"));
  const Shape &data = arguments.shape(0), &slope = arguments.shape(1);
  const bool per_channel = slope.size() == 1 && data.size() >= 2 && slope[0] == data[1];
  if (!per_channel) {
    OCTET_ASSIGN(const Shape shape, broadcast(data, slope));
    if (shape != data) return malformed("slope " + to_string(slope) + " does not fit data " + to_string(data));
  }
  return std::vector<TensorType>{arguments.types[0]};
}

Types infer(const SoftMax& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "function"));
  OCTET_RETURN_IF_ERROR(normalized_axis(op.axis, arguments.shape(0).size()));
  return std::vector<TensorType>{arguments.types[0]};
}

Types infer(const Interpolate&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  if (!is_float(arguments.element(0))) return unsupported("resize of " + std::string(name_of(arguments.element(0))));
  OCTET_ASSIGN(const auto sizes, integers(arguments, 1, "the list of sizes"));
  const Shape& data = arguments.shape(0);
  if (sizes.size() != 2 || sizes[0] < 1 || sizes[1] < 1) return malformed("two positive sizes expected, height and width");
  if (data[2] < 1 || data[3] < 1) return malformed("nothing to resize in data of shape " + to_string(data));
  return std::vector<TensorType>{{arguments.element(0), {data[0], data[1], sizes[0], sizes[1]}}};
}

Types infer(const FakeQuantize& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "quantization"));
  if (op.levels < 2 || op.levels > (1 << 16)) return malformed(std::to_string(op.levels) + " levels, expected 2 to 65536");
  const Shape& data = arguments.shape(0);
  for (std::size_t i = 1; i < 5; ++i) {
    OCTET_ASSIGN(const Shape shape, broadcast(data, arguments.shape(i)));
    if (shape != data) return malformed("range " + to_string(arguments.shape(i)) + " does not fit data " + to_string(data));
  }
  return std::vector<TensorType>{arguments.types[0]};
}

Types infer(const ReduceMean& op, const Arguments& arguments) {
  if (arguments.element(0) == ElementType::kBoolean) return unsupported("mean of boolean");
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(const auto axes, normalized_axes(arguments, 1, data.size()));
  Shape result = data;
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (data[axes[i]] == 0) return malformed("mean over an empty axis of " + to_string(data));
    if (op.keep_dims)
      result[axes[i]] = 1;
    else
      result.erase(result.begin() + static_cast<std::ptrdiff_t>(axes[i]));
  }
  return std::vector<TensorType>{{arguments.element(0), std::move(result)}};
}

}  // namespace octet::infer
