#include <algorithm>
#include <numeric>

#include "base/checked_math.h"
#include "graph/infer.h"
#include "graph/strided_slice.h"

namespace octet::infer {
namespace {

Types one(ElementType element, Shape shape) { return std::vector<TensorType>{{element, std::move(shape)}}; }

// No model cuts a tensor into more parts, and a number in a file must not decide how much is allocated.
constexpr std::size_t kMostParts = 4096;

Error too_many_parts(std::size_t count) {
  return unsupported("a split into " + std::to_string(count) + " parts; at most " + std::to_string(kMostParts) + " are supported");
}

}  // namespace

Types infer(const Concat& op, const Arguments& arguments) {
  Shape result = arguments.shape(0);
  OCTET_ASSIGN(const std::size_t axis, normalized_axis(op.axis, result.size()));
  for (std::size_t i = 1; i < arguments.count(); ++i) {
    Shape other = arguments.shape(i);
    if (arguments.element(i) != arguments.element(0)) return malformed("inputs of different element types");
    if (other.size() != result.size()) return malformed("shapes " + to_string(result) + " and " + to_string(other) + " do not join");
    const std::int64_t joined = result[axis] + other[axis];
    other[axis] = result[axis];
    if (other != result || joined > kMaxElements)
      return malformed("shapes " + to_string(result) + " and " + to_string(arguments.shape(i)) + " do not join along axis " +
                       std::to_string(axis));
    result[axis] = joined;
  }
  return one(arguments.element(0), std::move(result));
}

Types infer(const VariadicSplit&, const Arguments& arguments) {
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(const std::size_t axis, single_axis(arguments, 1, data.size()));
  OCTET_ASSIGN(auto lengths, integers(arguments, 2, "the list of lengths"));
  if (lengths.size() > kMostParts) return too_many_parts(lengths.size());
  std::int64_t rest = data[axis];
  for (const std::int64_t length : lengths) {
    if (length < -1 || length > data[axis]) return malformed("length " + std::to_string(length) + " of " + to_string(data));
    rest -= std::max<std::int64_t>(length, 0);
    if (rest < 0) break;
  }
  const auto open = std::count(lengths.begin(), lengths.end(), -1);
  if (open > 1 || rest < 0 || (open == 0 && rest != 0))
    return malformed("lengths do not add up to " + std::to_string(data[axis]) + " along axis " + std::to_string(axis));
  std::replace(lengths.begin(), lengths.end(), std::int64_t{-1}, rest);
  std::vector<TensorType> outputs(lengths.size(), arguments.types[0]);
  for (std::size_t i = 0; i < lengths.size(); ++i) outputs[i].shape[axis] = lengths[i];
  return outputs;
}

Types infer(const Split& op, const Arguments& arguments) {
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(const std::size_t axis, single_axis(arguments, 1, data.size()));
  if (op.num_splits < 1 || op.num_splits > data[axis] || data[axis] % op.num_splits != 0)
    return malformed(std::to_string(data[axis]) + " along axis " + std::to_string(axis) + " do not split into " +
                     std::to_string(op.num_splits) + " equal parts");
  const auto parts = static_cast<std::size_t>(op.num_splits);
  if (parts > kMostParts) return too_many_parts(parts);
  TensorType part = arguments.types[0];
  part.shape[axis] = data[axis] / op.num_splits;
  return std::vector<TensorType>(parts, part);
}

Types infer(const StridedSlice& op, const Arguments& arguments) {
  OCTET_ASSIGN(const auto begin, integers(arguments, 1, "begin"));
  OCTET_ASSIGN(const auto end, integers(arguments, 2, "end"));
  std::vector<std::int64_t> strides;
  if (arguments.count() == 4) {
    OCTET_ASSIGN(strides, integers(arguments, 3, "strides"));
  }
  OCTET_ASSIGN(SlicePlan plan, plan_slice(op, arguments.shape(0), begin, end, strides));
  return one(arguments.element(0), std::move(plan.shape));
}

Types infer(const Reshape& op, const Arguments& arguments) {
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(Shape shape, integers(arguments, 1, "the shape"));
  const Shape wanted = shape;
  const auto misfit = [&] { return malformed("data " + to_string(data) + " does not reshape to " + to_string(wanted)); };
  for (std::size_t i = 0; op.special_zero && i < shape.size(); ++i) {
    if (shape[i] != 0) continue;
    if (i >= data.size()) return misfit();
    shape[i] = data[i];
  }
  if (std::count(shape.begin(), shape.end(), -1) > 1) return misfit();
  if (const auto open = std::find(shape.begin(), shape.end(), -1); open != shape.end()) {
    *open = 1;
    const auto known = checked_product(shape);
    if (!known || *known == 0 || element_count(data) % *known != 0) return misfit();
    *open = element_count(data) / *known;
  }
  if (checked_product(shape) != element_count(data)) return misfit();
  return one(arguments.element(0), std::move(shape));
}

Types infer(const Transpose&, const Arguments& arguments) {
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(auto order, integers(arguments, 1, "the order"));
  if (order.empty()) return one(arguments.element(0), Shape(data.rbegin(), data.rend()));
  Shape identity(data.size());
  std::iota(identity.begin(), identity.end(), 0);
  if (!std::is_permutation(order.begin(), order.end(), identity.begin(), identity.end()))
    return malformed("order " + to_string(order) + " is no permutation of the axes of " + to_string(data));
  Shape result;
  for (const std::int64_t axis : order) result.push_back(data[static_cast<std::size_t>(axis)]);
  return one(arguments.element(0), std::move(result));
}

Types infer(const Squeeze&, const Arguments& arguments) {
  const Shape& data = arguments.shape(0);
  Shape result;
  if (arguments.count() == 1) {
    std::copy_if(data.begin(), data.end(), std::back_inserter(result), [](std::int64_t size) { return size != 1; });
    return one(arguments.element(0), std::move(result));
  }
  OCTET_ASSIGN(const auto axes, normalized_axes(arguments, 1, data.size()));
  for (std::size_t i = 0; i < data.size(); ++i) {
    const bool dropped = std::binary_search(axes.begin(), axes.end(), i);
    if (dropped && data[i] != 1) return malformed("axis " + std::to_string(i) + " of " + to_string(data) + " is not 1");
    if (!dropped) result.push_back(data[i]);
  }
  return one(arguments.element(0), std::move(result));
}

Types infer(const Unsqueeze&, const Arguments& arguments) {
  Shape result = arguments.shape(0);
  const auto added = static_cast<std::size_t>(element_count(arguments.shape(1)));
  if (added > kMaxRank) return malformed(std::to_string(added) + " new axes");
  OCTET_ASSIGN(const auto axes, normalized_axes(arguments, 1, result.size() + added));
  for (const std::size_t axis : axes) result.insert(result.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  return one(arguments.element(0), std::move(result));
}

Types infer(const Convert& op, const Arguments& arguments) { return one(op.type, arguments.shape(0)); }

Types infer(const ReorgYolo& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  const Shape& data = arguments.shape(0);
  const std::int64_t s = op.stride;
  if (s < 1 || s > kMaxElements || data[1] % (s * s) != 0 || data[2] % s != 0 || data[3] % s != 0)
    return malformed("stride " + std::to_string(s) + " does not divide data " + to_string(data));
  return one(arguments.element(0), {data[0], data[1] * (s * s), data[2] / s, data[3] / s});
}

Types infer(const Pad&, const Arguments& arguments) {
  Shape result = arguments.shape(0);
  OCTET_ASSIGN(const auto begin, integers(arguments, 1, "pads_begin"));
  OCTET_ASSIGN(const auto end, integers(arguments, 2, "pads_end"));
  if (begin.size() != result.size() || end.size() != result.size())
    return malformed("pads for " + std::to_string(begin.size()) + " and " + std::to_string(end.size()) + " axes, data has " +
                     to_string(result));
  if (arguments.count() == 4 && (element_count(arguments.shape(3)) != 1 || arguments.element(3) != arguments.element(0)))
    return malformed("the value must be a single " + std::string(name_of(arguments.element(0))));
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (const std::int64_t pad : {begin[i], end[i]})
      if (pad < 0 || pad > kMaxElements) return unsupported("pad of " + std::to_string(pad));
    result[i] += begin[i] + end[i];
  }
  return one(arguments.element(0), std::move(result));
}

Types infer(const ShapeOf& op, const Arguments& arguments) {
  if (op.type != ElementType::kI64 && op.type != ElementType::kI32) return malformed("output of neither i64 nor i32");
  return one(op.type, {static_cast<std::int64_t>(arguments.shape(0).size())});
}

Types infer(const Gather&, const Arguments& arguments) {
  const Shape &data = arguments.shape(0), &indices = arguments.shape(1);
  OCTET_ASSIGN(const std::size_t axis, single_axis(arguments, 2, data.size()));
  if (!is_integer(arguments.element(1))) return malformed("indices are not integers");
  if (const Tensor* values = arguments.constants[1])
    for (const std::int64_t index : to_vector<std::int64_t>(*values))
      if (index < -data[axis] || index >= data[axis])
        return malformed("index " + std::to_string(index) + " of an axis of " + std::to_string(data[axis]));
  Shape result(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(axis));
  result.insert(result.end(), indices.begin(), indices.end());
  result.insert(result.end(), data.begin() + static_cast<std::ptrdiff_t>(axis) + 1, data.end());
  return one(arguments.element(0), std::move(result));
}

}  // namespace octet::infer
