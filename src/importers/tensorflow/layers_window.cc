// Pooling, padding, resizing, blocks of pixels.
#include <fmt/format.h>

#include "importers/tensorflow/network.h"
#include "importers/tensorflow/windows.h"

namespace octet::tensorflow {
namespace {

template <typename Pool>
Result<Feature> pool(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Value data, network.planar(node, 0));
  Pool pool;
  OCTET_ASSIGN(pool.kernel, spatial_attribute(node, "ksize"));
  OCTET_ASSIGN(pool.strides, spatial_attribute(node, "strides"));
  OCTET_ASSIGN(pool.pads, pads_of(node, network.graph().shape(data), pool.kernel, pool.strides, {1, 1}));
  return network.append(node, pool, {data});
}

Result<Feature> pad(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Feature data, network.input(node, 0));
  OCTET_ASSIGN(const Value value, network.value(node, 0));
  OCTET_ASSIGN(const Tensor paddings, network.constant(node, 1));
  const std::size_t rank = data.order.size();
  if (paddings.shape() != Shape{static_cast<std::int64_t>(rank), 2})
    return unsupported(node, fmt::format("has paddings of shape {}, expected [{},2]", to_string(paddings.shape()), rank));
  const auto amounts = to_vector<std::int64_t>(paddings);
  std::vector<std::int64_t> begin(rank), end(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    begin[data.order[i]] = amounts[2 * i];
    end[data.order[i]] = amounts[2 * i + 1];
  }
  float filling = 0;
  if (node.op == "PadV2") {
    OCTET_RETURN_IF_ERROR(expect_inputs(node, 3));
    OCTET_ASSIGN(const double number, network.constants().number(node.inputs[2]));
    filling = static_cast<float>(number);
  }
  const Value first = emit_integers(network.graph(), begin, node.name + "/begin");
  const Value last = emit_integers(network.graph(), end, node.name + "/end");
  const Value filled = network.append_constant(Tensor::scalar(filling), node.name + "/value");
  OCTET_ASSIGN(Feature padded, network.append(node, Pad{}, {value, first, last, filled}, data.order));
  padded.is_image = data.is_image;
  return padded;
}

Result<Feature> resize(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Value data, network.planar(node, 0));
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

// Each block of b x b pixels becomes one, its channels behind one another: channel (y * b + x) * C + c of the result.
Result<Feature> space_to_depth(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN_AT(const std::int64_t block, attribute<std::int64_t>(node, "block_size", 0), place(node));
  OCTET_ASSIGN(const Value data, network.planar(node, 0));
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

constexpr NamedLayer kLayers[] = {
    {"MaxPool", pool<MaxPool>},        {"AvgPool", pool<AvgPool>},       {"Pad", pad}, {"PadV2", pad}, {"ResizeBilinear", resize},
    {"ResizeNearestNeighbor", resize}, {"SpaceToDepth", space_to_depth},
};

}  // namespace

std::span<const NamedLayer> window_layers() { return kLayers; }

}  // namespace octet::tensorflow
