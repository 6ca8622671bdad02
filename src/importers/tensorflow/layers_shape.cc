// What moves, cuts, joins and reduces axes. An order of axes is carried along where it can be, and done where an operation needs
// TensorFlow's own.
#include <algorithm>

#include "importers/tensorflow/constant_ops.h"
#include "importers/tensorflow/network.h"

namespace octet::tensorflow {
namespace {

Result<Feature> transpose(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(Feature data, network.input(node, 0));
  OCTET_ASSIGN(data.value, network.value(node, 0));
  OCTET_ASSIGN(const std::vector<std::int64_t> axes, network.integers(node, 1));
  std::vector<std::int64_t> sorted = axes;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != static_cast<std::int64_t>(i)) return malformed(node, "has no order of its axes");
  if (axes.size() != data.order.size()) return malformed(node, "does not name every axis");
  const Axes before = data.order;
  for (std::size_t i = 0; i < axes.size(); ++i) data.order[i] = before[static_cast<std::size_t>(axes[i])];
  data.convolution.reset();
  return data;
}

Result<Feature> reshaped(const NodeRecord& node, Value data, const std::vector<std::int64_t>& sizes, Network& network) {
  const Value shape = emit_integers(network.graph(), sizes, node.name + "/shape");
  return network.append(node, Reshape{}, {data, shape}, plain_order(sizes.size()));
}

Result<Feature> reshape(const NodeRecord& node, Network& network) {
  if (const auto from = repeated_value(network.source(), node)) {
    OCTET_ASSIGN(std::optional<Feature> repeated, repeat_pixels(node, *from, network));
    if (repeated) return *std::move(repeated);
  }
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 2));
  OCTET_ASSIGN(const Value data, network.plain(node.inputs[0]));
  OCTET_ASSIGN(const std::vector<std::int64_t> sizes, network.integers(node, 1));
  return reshaped(node, data, sizes, network);
}

Result<Feature> expand_dims(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Value data, network.plain(node, 0));
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 2));
  OCTET_ASSIGN(const std::int64_t number, network.constants().integer(node.inputs[1]));
  Shape sizes = network.graph().shape(data);
  OCTET_ASSIGN(const std::size_t axis, network.axis(node, number, sizes.size() + 1));
  sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  return reshaped(node, data, sizes, network);
}

// All axes of size 1, or those that the attribute names.
Result<Feature> squeeze(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Value data, network.plain(node, 0));
  OCTET_ASSIGN_AT(const auto named, attribute<std::vector<std::int64_t>>(node, "squeeze_dims", {}), place(node));
  const Shape shape = network.graph().shape(data);
  std::vector<char> goes(shape.size(), named.empty());
  for (const std::int64_t number : named) {
    OCTET_ASSIGN(const std::size_t axis, network.axis(node, number, shape.size()));
    if (shape[axis] != 1) return malformed(node, "drops an axis of " + to_string(shape) + " that is not 1");
    goes[axis] = 1;
  }
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (!goes[i] || shape[i] != 1) sizes.push_back(shape[i]);
  return reshaped(node, data, sizes, network);
}

// Items as the first lies, if all have its number of axes.
Result<Feature> concat(const NodeRecord& node, Network& network) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 2));
  const bool axis_first = node.op == "Concat";
  OCTET_ASSIGN(const std::int64_t number, network.constants().integer(axis_first ? node.inputs.front() : node.inputs.back()));
  const std::size_t first = axis_first ? 1 : 0, count = node.inputs.size() - 1;
  OCTET_ASSIGN(const Feature data, network.input(node, first));
  OCTET_ASSIGN(const std::size_t axis, network.axis(node, number, data.order.size()));
  std::vector<Value> items;
  for (std::size_t i = first; i < first + count; ++i) {
    OCTET_ASSIGN(const Value item, network.laid(node, i, data.order));
    items.push_back(item);
  }
  return network.append(node, Concat{static_cast<std::int64_t>(data.order[axis])}, std::move(items), data.order);
}

// Split: axis, data; equal parts. SplitV: data, lengths, axis.
Result<Feature> split(const NodeRecord& node, Network& network) {
  const bool has_lengths = node.op == "SplitV";
  OCTET_RETURN_IF_ERROR(expect_inputs(node, has_lengths ? 3 : 2));
  const std::size_t data_input = has_lengths ? 0 : 1;
  OCTET_ASSIGN(const Feature data, network.input(node, data_input));
  OCTET_ASSIGN(const Value value, network.value(node, data_input));
  OCTET_ASSIGN(const std::int64_t number, network.constants().integer(node.inputs[has_lengths ? 2 : 0]));
  OCTET_ASSIGN(const std::size_t axis, network.axis(node, number, data.order.size()));
  const Value along = network.append_constant(Tensor::scalar(static_cast<std::int64_t>(data.order[axis])), node.name + "/axis");
  if (!has_lengths) {
    OCTET_ASSIGN_AT(const std::int64_t count, attribute<std::int64_t>(node, "num_split", 1), place(node));
    return network.append(node, Split{count}, {value, along}, data.order);
  }
  OCTET_ASSIGN(const std::vector<std::int64_t> lengths, network.integers(node, 1));
  const Value parts = emit_integers(network.graph(), lengths, node.name + "/lengths");
  return network.append(node, VariadicSplit{}, {value, along, parts}, data.order);
}

// Where the axes of `order` lie once those that do not stay are gone.
Axes order_without(const Axes& order, const std::vector<char>& stays) {
  Axes kept;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (!stays[i]) continue;
    std::size_t lower = 0;
    for (std::size_t other = 0; other < order.size(); ++other) lower += stays[other] && order[other] < order[i] ? 1 : 0;
    kept.push_back(lower);
  }
  return kept;
}

template <ReduceKind Kind>
Result<Feature> reduce(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Feature data, network.input(node, 0));
  OCTET_ASSIGN(const Value value, network.value(node, 0));
  OCTET_ASSIGN(const std::vector<std::int64_t> numbers, network.integers(node, 1));
  OCTET_ASSIGN_AT(const bool keeps_axes, attribute<bool>(node, "keep_dims", false), place(node));
  std::vector<std::int64_t> places;
  std::vector<char> stays(data.order.size(), 1);
  for (const std::int64_t number : numbers) {
    OCTET_ASSIGN(const std::size_t axis, network.axis(node, number, data.order.size()));
    places.push_back(static_cast<std::int64_t>(data.order[axis]));
    stays[axis] = keeps_axes;
  }
  const Value axes = emit_integers(network.graph(), places, node.name + "/axes");
  return network.append(node, Reduce{Kind, keeps_axes}, {value, axes}, order_without(data.order, stays));
}

// The numbers of a StridedSlice: first elements, ends and steps of the axes that it names, which `masks` tells.
struct Slice {
  StridedSlice masks;
  std::vector<std::int64_t> begin, end, strides;
};

Result<Slice> slice_of(const NodeRecord& node, Network& network) {
  Slice slice;
  OCTET_ASSIGN(slice.begin, network.integers(node, 1));
  OCTET_ASSIGN(slice.end, network.integers(node, 2));
  OCTET_ASSIGN(slice.strides, network.integers(node, 3));
  OCTET_ASSIGN_AT(slice.masks, strided_slice_of(node, std::ssize(slice.begin)), place(node));
  return slice;
}

Result<Feature> appended(const NodeRecord& node, const Slice& slice, Value data, const Axes& order, Network& network) {
  Graph& graph = network.graph();
  const Value begin = emit_integers(graph, slice.begin, node.name + "/begin"), end = emit_integers(graph, slice.end, node.name + "/end");
  return network.append(node, slice.masks, {data, begin, end, emit_integers(graph, slice.strides, node.name + "/strides")}, order);
}

std::ptrdiff_t bits_of(const std::vector<std::int64_t>& mask) { return std::ranges::count(mask, 1); }

// Whether it leaves each axis in its place, and may name the first ones alone, or after an ellipsis the last ones.
bool keeps_axes(const Slice& slice, std::size_t rank) {
  const StridedSlice& masks = slice.masks;
  const std::size_t count = slice.begin.size();
  const bool skips = count > 0 && masks.ellipsis_mask[0] != 0;
  return bits_of(masks.new_axis_mask) == 0 && bits_of(masks.shrink_axis_mask) == 0 && bits_of(masks.ellipsis_mask) == (skips ? 1 : 0) &&
         count <= rank && slice.end.size() == count && slice.strides.size() == count;
}

// The same slice of data whose axes lie in `order`: every axis with its numbers.
Slice laid_slice(const Slice& slice, const Axes& order) {
  const std::size_t rank = order.size(), count = slice.begin.size();
  Slice laid{{}, std::vector<std::int64_t>(rank), std::vector<std::int64_t>(rank), std::vector<std::int64_t>(rank, 1)};
  laid.masks.begin_mask.assign(rank, 1);
  laid.masks.end_mask.assign(rank, 1);
  const std::size_t skipped = count > 0 && slice.masks.ellipsis_mask[0] != 0 ? 1 : 0;
  for (std::size_t i = skipped; i < count; ++i) {
    const std::size_t at = order[skipped == 0 ? i : rank - count + i];
    laid.begin[at] = slice.begin[i];
    laid.end[at] = slice.end[i];
    laid.strides[at] = slice.strides[i];
    laid.masks.begin_mask[at] = slice.masks.begin_mask[i];
    laid.masks.end_mask[at] = slice.masks.end_mask[i];
  }
  return laid;
}

Result<Feature> strided_slice(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Feature data, network.input(node, 0));
  OCTET_ASSIGN(const Slice slice, slice_of(node, network));
  const std::size_t rank = data.order.size();
  if (keeps_axes(slice, rank)) {
    OCTET_ASSIGN(const Value value, network.value(node, 0));
    return appended(node, laid_slice(slice, data.order), value, data.order, network);
  }
  OCTET_ASSIGN(const Value value, network.plain(node, 0));
  const std::ptrdiff_t left = std::ssize(data.order) + bits_of(slice.masks.new_axis_mask) - bits_of(slice.masks.shrink_axis_mask);
  return appended(node, slice, value, plain_order(static_cast<std::size_t>(std::max<std::ptrdiff_t>(left, 0))), network);
}

constexpr NamedLayer kLayers[] = {
    {"Transpose", transpose},
    {"Reshape", reshape},
    {"ExpandDims", expand_dims},
    {"Squeeze", squeeze},
    {"ConcatV2", concat},
    {"Concat", concat},
    {"Split", split},
    {"SplitV", split},
    {"StridedSlice", strided_slice},
    {"Mean", reduce<ReduceKind::kMean>},
    {"Sum", reduce<ReduceKind::kSum>},
    {"Max", reduce<ReduceKind::kMax>},
    {"Min", reduce<ReduceKind::kMin>},
};

}  // namespace

std::span<const NamedLayer> shape_layers() { return kLayers; }

}  // namespace octet::tensorflow
