#include <algorithm>
#include <cmath>

#include "graph/op_functions.h"
#include "graph/positions.h"

// What makes more elements of few.
namespace octet::ops {
namespace {

// With ones in front, up to `rank` axes.
Shape lengthened(Shape shape, std::size_t rank) {
  if (shape.size() < rank) shape.insert(shape.begin(), rank - shape.size(), 1);
  return shape;
}

Result<std::int64_t> range_length(const Arguments& arguments) {
  double ends[3];
  for (std::size_t i = 0; i < 3; ++i) {
    constexpr std::string_view kRoles[] = {"start", "stop", "step"};
    if (!arguments.constants[i]) return unsupported(std::string(kRoles[i]) + " is computed; only a constant is supported");
    if (arguments.constants[i]->size() != 1) return malformed(std::string(kRoles[i]) + " is not one number");
    ends[i] = to_vector<double>(*arguments.constants[i])[0];
    if (!std::isfinite(ends[i])) return malformed(std::string(kRoles[i]) + " is not finite");
  }
  if (ends[2] == 0) return malformed("a step of 0");
  const double length = std::max(std::ceil((ends[1] - ends[0]) / ends[2]), 0.0);
  if (!(length < static_cast<double>(kMaxElements))) return malformed("a range of " + std::to_string(length) + " elements");
  return static_cast<std::int64_t>(length);
}

}  // namespace

Types infer(const Range& op, const Arguments& arguments) {
  OCTET_ASSIGN(const std::int64_t length, range_length(arguments));
  if (op.type == ElementType::kBoolean) return unsupported("a range of boolean");
  return one_output(op.type, {length});
}

Types infer(const Tile&, const Arguments& arguments) {
  OCTET_ASSIGN(Shape repeats, integers(arguments, 1, "the list of repeats"));
  if (repeats.size() > kMaxRank) return malformed("repeats for " + std::to_string(repeats.size()) + " axes");
  const std::size_t rank = std::max(repeats.size(), arguments.shape(0).size());
  Shape result = lengthened(arguments.shape(0), rank);
  repeats = lengthened(std::move(repeats), rank);
  for (std::size_t i = 0; i < rank; ++i) {
    if (repeats[i] < 0 || repeats[i] > kMaxElements) return malformed("repeats " + to_string(repeats));
    result[i] *= repeats[i];
  }
  return one_output(arguments.element(0), std::move(result));
}

Types infer(const Broadcast& op, const Arguments& arguments) {
  OCTET_ASSIGN(const Shape target, integers(arguments, 1, "the target shape"));
  const Shape& data = arguments.shape(0);
  for (const std::int64_t size : target)
    if (size < 0 || size > kMaxElements) return malformed("target shape " + to_string(target));
  OCTET_ASSIGN(Shape shape, broadcast(data, target));
  if (!op.bidirectional && shape != target) return malformed("data " + to_string(data) + " does not broadcast to " + to_string(target));
  return one_output(arguments.element(0), std::move(shape));
}

Types infer(const OneHot& op, const Arguments& arguments) {
  if (!is_integer(arguments.element(0))) return malformed("indices are not integers");
  OCTET_RETURN_IF_ERROR(expect_one_type(arguments, "on and off values", 2));
  for (const std::size_t i : {2, 3})
    if (element_count(arguments.shape(i)) != 1) return malformed("on and off values must be one number each");
  OCTET_ASSIGN(const std::int64_t depth, single_integer(arguments, 1, "the depth"));
  if (depth < 0 || depth > kMaxElements) return malformed("a depth of " + std::to_string(depth));
  Shape result = arguments.shape(0);
  OCTET_ASSIGN(const std::size_t axis, normalized_axis(op.axis, result.size() + 1));
  result.insert(result.begin() + static_cast<std::ptrdiff_t>(axis), depth);
  return one_output(arguments.element(2), std::move(result));
}

Tensors evaluate(const Range& op, const Call& call) {
  const auto length = static_cast<std::size_t>(call.outputs[0].shape[0]);
  if (is_float(op.type)) {
    std::vector<double> values(length);
    for (std::size_t i = 0; i < length; ++i) values[i] = call.reals(0)[0] + static_cast<double>(i) * call.reals(2)[0];
    return {rounded<double>(call.outputs[0], values)};
  }
  std::vector<std::int64_t> values(length);
  const auto start = static_cast<std::uint64_t>(call.integers(0)[0]), step = static_cast<std::uint64_t>(call.integers(2)[0]);
  for (std::size_t i = 0; i < length; ++i) values[i] = static_cast<std::int64_t>(start + i * step);
  return {rounded<std::int64_t>(call.outputs[0], values)};
}

// Seen as [1, D] an axis that repeats is [R, D].
Tensors evaluate(const Tile&, const Call& call) {
  const Shape& out = call.outputs[0].shape;
  const Shape data = lengthened(call.shape(0), out.size()), dense = row_major_strides(data);
  Shape split, strides;
  for (std::size_t i = 0; i < out.size(); ++i) {
    split.insert(split.end(), {data[i] == 0 ? 0 : out[i] / data[i], data[i]});
    strides.insert(strides.end(), {0, dense[i]});
  }
  return {gather_elements(call.inputs[0], out, strided_positions(split, strides))};
}

Tensors evaluate(const Broadcast&, const Call& call) {
  const Shape& out = call.outputs[0].shape;
  return {gather_elements(call.inputs[0], out, broadcast_positions(call.shape(0), out))};
}

Tensors evaluate(const OneHot& op, const Call& call) {
  const Shape& out = call.outputs[0].shape;
  const AxisView view(out, axis_of(op.axis, out));
  const auto indices = call.integers(0);
  Tensor result(call.outputs[0].element, out);
  const std::size_t width = size_of(result.type());
  const auto to = result.mutable_bytes();
  for (std::size_t i = 0; i < static_cast<std::size_t>(result.size()); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const auto index = static_cast<std::size_t>(at / (view.length * view.inner) * view.inner + at % view.inner);
    const bool on = indices[index] == at / view.inner % view.length;
    std::memcpy(&to[i * width], call.inputs[on ? 2 : 3].bytes().data(), width);
  }
  return {result};
}

}  // namespace octet::ops
