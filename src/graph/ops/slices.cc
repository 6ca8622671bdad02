#include <algorithm>

#include "graph/op_functions.h"
#include "graph/positions.h"
#include "graph/strided_slice.h"

namespace octet::ops {
namespace {

// No model cuts a tensor into more parts, and a number in a file must not decide how much is allocated.
constexpr std::size_t kMostParts = 4096;

Error too_many_parts(std::size_t count) {
  return unsupported("a split into " + std::to_string(count) + " parts; at most " + std::to_string(kMostParts) + " are supported");
}

// Consecutive parts of the first input along an axis, as long as the outputs say.
Tensors split(const Call& call) {
  const Shape& data = call.shape(0);
  const std::size_t axis = axis_of(call.integers(1)[0], data);
  const auto strides = row_major_strides(data);
  Tensors parts;
  std::int64_t first = 0;
  for (const TensorType& part : call.outputs) {
    parts.push_back(gather_elements(call.inputs[0], part.shape, strided_positions(part.shape, strides, first * strides[axis])));
    first += part.shape[axis];
  }
  return parts;
}

// More would repeat what is mirrored.
std::int64_t longest_pad(Pad::Mode mode, std::int64_t size) {
  switch (mode) {
    case Pad::Mode::kConstant:
      return kMaxElements;
    case Pad::Mode::kEdge:
      return size == 0 ? 0 : kMaxElements;
    case Pad::Mode::kReflect:
      return std::max<std::int64_t>(size - 1, 0);
    case Pad::Mode::kSymmetric:
      return size;
  }
  return 0;
}

// The element of an axis that stands at `place`, which may lie in the padding; -1 for the padding value.
std::int64_t pad_source(Pad::Mode mode, std::int64_t place, std::int64_t size) {
  if (place >= 0 && place < size) return place;
  switch (mode) {
    case Pad::Mode::kConstant:
      return -1;
    case Pad::Mode::kEdge:
      return place < 0 ? 0 : size - 1;
    case Pad::Mode::kReflect:
      return place < 0 ? -place : 2 * (size - 1) - place;
    case Pad::Mode::kSymmetric:
      return place < 0 ? -place - 1 : 2 * size - 1 - place;
  }
  return -1;
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
  return one_output(arguments.element(0), std::move(result));
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
  return one_output(arguments.element(0), std::move(plan.shape));
}

Types infer(const Pad& op, const Arguments& arguments) {
  Shape result = arguments.shape(0);
  OCTET_ASSIGN(const auto begin, integers(arguments, 1, "pads_begin"));
  OCTET_ASSIGN(const auto end, integers(arguments, 2, "pads_end"));
  if (begin.size() != result.size() || end.size() != result.size())
    return malformed("pads for " + std::to_string(begin.size()) + " and " + std::to_string(end.size()) + " axes, data has " +
                     to_string(result));
  if (arguments.count() == 4 && (element_count(arguments.shape(3)) != 1 || arguments.element(3) != arguments.element(0)))
    return malformed("the value must be a single " + std::string(name_of(arguments.element(0))));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t size = result[i];
    for (const std::int64_t pad : {begin[i], end[i]}) {
      if (pad < 0 || pad > kMaxElements) return unsupported("pad of " + std::to_string(pad));
      if (pad > longest_pad(op.mode, size)) return malformed("pad of " + std::to_string(pad) + " for an axis of " + std::to_string(size));
    }
    result[i] += begin[i] + end[i];
  }
  return one_output(arguments.element(0), std::move(result));
}

Tensors evaluate(const Concat& op, const Call& call) {
  Tensor result(call.outputs[0].element, call.outputs[0].shape);
  std::span<std::byte> to = result.mutable_bytes();
  const std::size_t axis = axis_of(op.axis, result.shape());
  const std::int64_t outer = AxisView(result.shape(), axis).outer;
  for (std::int64_t i = 0; i < outer; ++i)
    for (const Tensor& input : call.inputs) {
      const std::size_t block = input.bytes().size() / static_cast<std::size_t>(outer);
      if (block != 0) std::memcpy(to.data(), input.bytes().data() + static_cast<std::size_t>(i) * block, block);
      to = to.subspan(block);
    }
  return {result};
}

Tensors evaluate(const VariadicSplit&, const Call& call) { return split(call); }
Tensors evaluate(const Split&, const Call& call) { return split(call); }

Tensors evaluate(const StridedSlice& op, const Call& call) {
  const auto steps = call.inputs.size() == 4 ? call.integers(3) : std::vector<std::int64_t>{};
  const SlicePlan plan = plan_slice(op, call.shape(0), call.integers(1), call.integers(2), steps).value();
  auto strides = row_major_strides(call.shape(0));
  Shape counts;
  std::int64_t first = 0;
  for (std::size_t i = 0; i < plan.axes.size(); ++i) {
    counts.push_back(plan.axes[i].count);
    first += plan.axes[i].first * strides[i];
    strides[i] *= plan.axes[i].step;
  }
  return {gather_elements(call.inputs[0], plan.shape, strided_positions(counts, strides, first))};
}

// For each element of the result the one of the data that it copies, or -1. Axis by axis: the places so far times the size of the next.
Tensors evaluate(const Pad& op, const Call& call) {
  const Shape &data = call.shape(0), &out = call.outputs[0].shape;
  const auto begin = call.integers(1);
  std::vector<std::int64_t> places{0};
  for (std::size_t axis = 0; axis < data.size(); ++axis) {
    std::vector<std::int64_t> longer;
    for (const std::int64_t place : places)
      for (std::int64_t i = 0; i < out[axis]; ++i) {
        const std::int64_t source = pad_source(op.mode, i - begin[axis], data[axis]);
        longer.push_back(place < 0 || source < 0 ? -1 : place * data[axis] + source);
      }
    places = std::move(longer);
  }
  Tensor result = gather_elements(call.inputs[0], out, places);
  if (call.inputs.size() < 4) return {result};
  const std::size_t width = size_of(result.type());
  const auto to = result.mutable_bytes();
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i] < 0) std::memcpy(&to[i * width], call.inputs[3].bytes().data(), width);
  return {result};
}

}  // namespace octet::ops
