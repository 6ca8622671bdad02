// Pooling, padding, resizing, means over the image, concatenation.
#include <array>

#include "importers/tensorflow/network.h"
#include "importers/tensorflow/windows.h"

namespace octet::tensorflow {
namespace {

// The place in NCHW of an axis in NHWC.
Result<std::int64_t> nchw_axis(const NodeRecord& node, std::int64_t axis) {
  constexpr std::array<std::int64_t, 4> kPlace{0, 2, 3, 1};
  auto normal = normal_axis(axis, 4);
  if (!normal.ok()) return normal.error().at(place(node));
  return kPlace[*normal];
}

template <typename Pool>
Result<Feature> pool(const NodeRecord& node, Network& network) {
  OCTET_RETURN_IF_ERROR(expect_nhwc(node));
  OCTET_ASSIGN(const Feature data, network.input(node, 0));
  Pool pool;
  OCTET_ASSIGN(pool.kernel, spatial_attribute(node, "ksize"));
  OCTET_ASSIGN(pool.strides, spatial_attribute(node, "strides"));
  OCTET_ASSIGN(pool.pads, pads_of(node, data.shape, pool.kernel, pool.strides, {1, 1}));
  OCTET_ASSIGN(const Value value, network.value(node, 0));
  return network.append(node, pool, {value});
}

Result<Feature> pad(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Value data, network.value(node, 0));
  OCTET_ASSIGN(const Tensor paddings, network.constant(node, 1));
  if (paddings.shape() != Shape{4, 2})
    return unsupported(node, "has paddings of shape " + to_string(paddings.shape()) + ", expected [4,2]");
  const auto p = to_vector<std::int64_t>(paddings);
  float filling = 0;
  if (node.op == "PadV2") {
    OCTET_RETURN_IF_ERROR(expect_inputs(node, 3));
    OCTET_ASSIGN(const double number, network.constants().number(node.inputs[2]));
    filling = static_cast<float>(number);
  }
  const Value begin = emit_integers(network.graph(), {p[0], p[6], p[2], p[4]}, node.name + "/begin");
  const Value end = emit_integers(network.graph(), {p[1], p[7], p[3], p[5]}, node.name + "/end");
  OCTET_ASSIGN(const Feature unpadded, network.input(node, 0));
  const Value filled = network.append_constant(Tensor::scalar(filling), node.name + "/value");
  OCTET_ASSIGN(Feature padded, network.append(node, Pad{}, {data, begin, end, filled}));
  padded.is_image = unpadded.is_image;
  return padded;
}

Result<Feature> resize(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Value data, network.value(node, 0));
  OCTET_ASSIGN(const Tensor size, network.constant(node, 1));
  if (size.size() != 2) return malformed(node, "has a size of shape " + to_string(size.shape()) + ", expected [2]");
  OCTET_ASSIGN_AT(const bool corners, attribute<bool>(node, "align_corners", false), place(node));
  OCTET_ASSIGN_AT(const bool centers, attribute<bool>(node, "half_pixel_centers", false), place(node));
  const auto mode = node.op == "ResizeBilinear" ? Interpolate::Mode::kLinear : Interpolate::Mode::kNearest;
  const auto sides = to_vector<std::int64_t>(size);
  const Shape& from = network.graph().shape(data);
  const Interpolate interpolate = resize_of(mode, corners, centers, {from[2], from[3]}, {sides[0], sides[1]});
  return network.append(node, interpolate, {data, emit_integers(network.graph(), sides, node.name + "/size")});
}

Result<Feature> mean(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Value data, network.value(node, 0));
  OCTET_ASSIGN(const Tensor axes, network.constant(node, 1));
  std::vector<std::int64_t> places;
  for (const std::int64_t axis : to_vector<std::int64_t>(axes)) {
    OCTET_ASSIGN(const std::int64_t nchw, nchw_axis(node, axis));
    places.push_back(nchw);
  }
  OCTET_ASSIGN_AT(const bool keeps_axes, attribute<bool>(node, "keep_dims", false), place(node));
  if (!keeps_axes) return unsupported(node, "a mean that drops its axes inside the feature extractor");
  return network.append(node, Reduce{}, {data, emit_integers(network.graph(), places, node.name + "/axes")});
}

Result<Feature> concat(const NodeRecord& node, Network& network) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 2));
  const bool axis_first = node.op == "Concat";
  OCTET_ASSIGN(const std::int64_t axis, network.constants().integer(axis_first ? node.inputs.front() : node.inputs.back()));
  OCTET_ASSIGN(const std::int64_t nchw, nchw_axis(node, axis));
  std::vector<Value> items;
  for (std::size_t i = axis_first ? 1 : 0; i < node.inputs.size() - (axis_first ? 0 : 1); ++i) {
    OCTET_ASSIGN(const Value item, network.value(node, i));
    items.push_back(item);
  }
  return network.append(node, Concat{nchw}, std::move(items));
}

// Inputs: axis, data. Equal parts, an output each.
Result<Feature> split(const NodeRecord& node, Network& network) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 2));
  OCTET_ASSIGN(const std::int64_t axis, network.constants().integer(node.inputs[0]));
  OCTET_ASSIGN(const std::int64_t nchw, nchw_axis(node, axis));
  OCTET_ASSIGN_AT(const std::int64_t count, attribute<std::int64_t>(node, "num_split", 1), place(node));
  OCTET_ASSIGN(const Value data, network.value(node, 1));
  const Value axis_value = network.append_constant(Tensor::scalar<std::int64_t>(nchw), node.name + "/axis");
  auto added = network.graph().add(Split{count}, {data, axis_value}, node.name);
  if (!added.ok()) return added.error().at(place(node));
  Feature first;
  for (std::uint32_t port = 0; port < static_cast<std::uint32_t>(count); ++port) {
    Feature part;
    part.value = Value{*added, port};
    part.shape = network.graph().shape(*part.value);
    if (port == 0)
      first = std::move(part);
    else
      network.set_output(node, port, std::move(part));
  }
  return first;
}

// Each block of b x b pixels becomes one, its channels behind one another: channel (y * b + x) * C + c of the result.
Result<Feature> space_to_depth(const NodeRecord& node, Network& network) {
  OCTET_RETURN_IF_ERROR(expect_nhwc(node));
  OCTET_ASSIGN_AT(const std::int64_t block, attribute<std::int64_t>(node, "block_size", 0), place(node));
  OCTET_ASSIGN(const Value data, network.value(node, 0));
  Graph& graph = network.graph();
  const Shape shape = graph.shape(data);
  if (block < 1 || shape[2] % block != 0 || shape[3] % block != 0)
    return malformed(node, "cuts " + to_string(shape) + " into blocks of " + std::to_string(block));
  const std::int64_t height = shape[2] / block, width = shape[3] / block;
  const auto step = [&](Op op, Value input, const std::vector<std::int64_t>& numbers, const std::string& name) -> Result<Value> {
    auto added = graph.add(std::move(op), {input, emit_integers(graph, numbers, name + "/numbers")}, name);
    if (!added.ok()) return added.error().at(place(node));
    return Value{*added, 0};
  };
  OCTET_ASSIGN(const Value blocks, step(Reshape{}, data, {shape[0], shape[1], height, block, width, block}, node.name + "/blocks"));
  OCTET_ASSIGN(const Value moved, step(Transpose{}, blocks, {0, 3, 5, 1, 2, 4}, node.name + "/moved"));
  const Value sizes = emit_integers(graph, {shape[0], shape[1] * block * block, height, width}, node.name + "/shape");
  return network.append(node, Reshape{}, {moved, sizes});
}

// What a StridedSlice takes of one axis.
struct AxisSlice {
  std::int64_t begin = 0, end = 0, stride = 1;
  bool from_start = true, to_end = true;
};

// Its axes in NHWC. Those after an ellipsis at the front are the last ones; those that it does not name are taken whole.
Result<std::array<AxisSlice, 4>> sliced_axes(const NodeRecord& node, Network& network) {
  std::int64_t masks[5];
  constexpr std::string_view kMasks[] = {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"};
  for (std::size_t i = 0; i < 5; ++i) {
    OCTET_ASSIGN_AT(masks[i], attribute<std::int64_t>(node, kMasks[i], 0), place(node));
  }
  std::vector<std::int64_t> numbers[3];  // begin, end, stride
  for (std::size_t i = 0; i < 3; ++i) {
    OCTET_ASSIGN(const Tensor constant, network.constant(node, i + 1));
    numbers[i] = to_vector<std::int64_t>(constant);
  }
  const std::size_t count = numbers[0].size(), skipped = masks[2] == 0 ? 0 : 1;
  if (count < 1 || count > 4 || numbers[1].size() != count || numbers[2].size() != count || masks[2] > 1 || masks[3] != 0 || masks[4] != 0)
    return unsupported(node, "slices in a way that octet does not know inside the feature extractor");
  std::array<AxisSlice, 4> axes;
  for (std::size_t i = skipped; i < count; ++i)
    axes[skipped == 0 ? i : 4 - count + i] = {numbers[0][i], numbers[1][i], numbers[2][i], (masks[0] >> i & 1) != 0,
                                              (masks[1] >> i & 1) != 0};
  return axes;
}

Result<Feature> strided_slice(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const auto nhwc, sliced_axes(node, network));
  OCTET_ASSIGN(const Value data, network.value(node, 0));
  StridedSlice slice;
  std::vector<std::int64_t> begin, end, strides;
  for (const std::size_t axis : {0, 3, 1, 2}) {
    begin.push_back(nhwc[axis].begin);
    end.push_back(nhwc[axis].end);
    strides.push_back(nhwc[axis].stride);
    slice.begin_mask.push_back(nhwc[axis].from_start ? 1 : 0);
    slice.end_mask.push_back(nhwc[axis].to_end ? 1 : 0);
  }
  Graph& graph = network.graph();
  return network.append(node, slice,
                        {data, emit_integers(graph, begin, node.name + "/begin"), emit_integers(graph, end, node.name + "/end"),
                         emit_integers(graph, strides, node.name + "/strides")});
}

constexpr NamedLayer kLayers[] = {
    {"MaxPool", pool<MaxPool>},
    {"AvgPool", pool<AvgPool>},
    {"Pad", pad},
    {"PadV2", pad},
    {"ResizeBilinear", resize},
    {"ResizeNearestNeighbor", resize},
    {"Mean", mean},
    {"Reshape", repeat_pixels},
    {"ConcatV2", concat},
    {"Concat", concat},
    {"Split", split},
    {"SpaceToDepth", space_to_depth},
    {"StridedSlice", strided_slice},
};

}  // namespace

std::span<const NamedLayer> window_layers() { return kLayers; }

}  // namespace octet::tensorflow
