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
  return network.append(node, Pad{}, {data, begin, end, network.append_constant(Tensor::scalar(filling), node.name + "/value")});
}

Result<Feature> resize(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Value data, network.value(node, 0));
  OCTET_ASSIGN(const Tensor size, network.constant(node, 1));
  if (size.size() != 2) return malformed(node, "has a size of shape " + to_string(size.shape()) + ", expected [2]");
  Interpolate interpolate;
  OCTET_ASSIGN_AT(const bool corners, attribute<bool>(node, "align_corners", false), place(node));
  OCTET_ASSIGN_AT(const bool centers, attribute<bool>(node, "half_pixel_centers", false), place(node));
  if (node.op == "ResizeBilinear") interpolate.mode = Interpolate::Mode::kLinear;
  if (corners) interpolate.coordinates = Interpolate::Coordinates::kAlignCorners;
  if (centers) interpolate.coordinates = Interpolate::Coordinates::kHalfPixel;
  if (corners || centers)
    interpolate.nearest = Interpolate::NearestRounding::kRoundPreferCeil;
  else
    interpolate.nearest = Interpolate::NearestRounding::kFloor;
  return network.append(node, interpolate, {data, emit_integers(network.graph(), to_vector<std::int64_t>(size), node.name + "/size")});
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
  return network.append(node, ReduceMean{true}, {data, emit_integers(network.graph(), places, node.name + "/axes")});
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
};

}  // namespace

std::span<const NamedLayer> window_layers() { return kLayers; }

}  // namespace octet::tensorflow
