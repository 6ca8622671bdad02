#include "importers/tensorflow/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace octet::tensorflow {
namespace {

constexpr int kMaxDepth = 32;  // of shapes that depend on layers whose constants depend on shapes ...

bool is_convolution(const NodeRecord& node) { return node.op == "Conv2D" || node.op == "DepthwiseConv2dNative"; }

std::vector<char> nodes_after_convolutions(const Source& source) {
  std::vector<NodeIndex> convolutions;
  for (NodeIndex i = 0; i < source.size(); ++i)
    if (is_convolution(source.node(i))) convolutions.push_back(i);
  return source.reached_from(std::move(convolutions));
}

LayerRule layer_rule(std::string_view op) {
  for (const auto table : {convolution_layers(), elementwise_layers(), window_layers(), shape_layers()})
    for (const NamedLayer& named : table)
      if (named.op == op) return named.rule;
  return nullptr;
}

Tensor scaled_weights(const OpenConvolution& convolution) {
  Tensor scaled(ElementType::kF32, convolution.weights.shape());
  const auto from = convolution.weights.values<float>();
  const auto to = scaled.mutable_values<float>();
  const std::size_t per_channel = from.size() / convolution.scale.size();
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = static_cast<float>(from[i] * convolution.scale[i / per_channel]);
  return scaled;
}

}  // namespace

Network::Network(const Source& source, Graph& graph, const ImageDefaults& defaults)
    : source_(source),
      graph_(graph),
      constants_(source, [this](Ref ref) { return shape_of(ref); }),
      defaults_(defaults),
      after_convolution_(nodes_after_convolutions(source)),
      open_(source.size(), 0) {}

Result<Feature> Network::feature(Ref ref) {
  if (++depth_ > kMaxDepth) {
    --depth_;
    return malformed(source_.node(ref), "shapes depend on one another too deeply");
  }
  std::vector<NodeIndex> stack{ref.node};
  const auto step = [&]() -> Status {
    const NodeIndex index = stack.back();
    if (!features_.contains(index)) {
      if (!open_[index]) {
        OCTET_ASSIGN(const bool waits, push_needed(index, stack));
        if (waits) return {};
      }
      OCTET_RETURN_IF_ERROR(translate(index));
    }
    open_[index] = 0;
    stack.pop_back();
    return {};
  };
  Status status;
  while (!stack.empty() && status.ok()) status = step();
  for (const NodeIndex index : stack) open_[index] = 0;
  --depth_;
  if (!status.ok()) return status.error();
  const Feature* found = find(ref);
  if (!found) return unsupported(source_.node(ref), "octet reads only the first output of this operation");
  return *found;
}

Feature* Network::find(Ref ref) {
  if (ref.port == 0) {
    const auto found = features_.find(ref.node);
    return found == features_.end() ? nullptr : &found->second;
  }
  const auto found = further_outputs_.find(ref);
  return found == further_outputs_.end() ? nullptr : &found->second;
}

bool Network::has_arithmetic_on_image() const {
  for (NodeIndex i = 0; i < source_.size(); ++i)
    if (source_.is_dynamic({i, 0}) && !after_convolution_[i] && is_arithmetic(source_.node(i).op)) return true;
  return false;
}

// Opens a node: pushes the inputs that are to be translated first; whether there are any.
Result<bool> Network::push_needed(NodeIndex index, std::vector<NodeIndex>& stack) {
  const NodeRecord& node = source_.node(index);
  open_[index] = 1;
  if (is_preprocessing(index)) return false;
  if (!layer_rule(node.op)) return unsupported(node, "octet does not know this operation between the image and the detections");
  bool waits = false;
  std::vector<Ref> inputs = node.inputs;
  if (const auto repeated = repeated_value(source_, node)) inputs = {*repeated};
  for (const Ref input : inputs) {
    if (is_constant(input) || features_.contains(input.node)) continue;
    if (open_[input.node]) return unsupported(node, "is part of a loop inside the feature extractor");
    stack.push_back(input.node);
    waits = true;
  }
  return waits;
}

// Before the first convolution only arithmetic and padding stay in the graph; what is above it is how the image is resized.
bool Network::is_preprocessing(NodeIndex index) const {
  const NodeRecord& node = source_.node(index);
  if (defaults_.is_kept) return node.op == "Placeholder";
  return !after_convolution_[index] && !is_arithmetic(node.op) && node.op != "Identity" && node.op != "Pad" && node.op != "PadV2";
}

Status Network::translate(NodeIndex index) {
  const NodeRecord& node = source_.node(index);
  const LayerRule image_rule = defaults_.is_kept ? kept_image : resized_image;
  OCTET_ASSIGN(Feature feature, (is_preprocessing(index) ? image_rule : layer_rule(node.op))(node, *this));
  // Only the rules that pass `is_image` on, and those of convolutions, mind that its channels lie from last to first.
  if (!feature.is_image && !feature.convolution && reads_image(node))
    return unsupported(node, "reads the image beside what convolutions made of it");
  features_.insert_or_assign(index, std::move(feature));
  return {};
}

bool Network::reads_image(const NodeRecord& node) {
  return std::ranges::any_of(node.inputs, [&](Ref ref) {
    const Feature* found = find(ref);
    return found && found->is_image;
  });
}

Result<Shape> Network::shape_of(Ref ref) {
  OCTET_ASSIGN(const Feature found, feature(ref));
  Shape shape;
  for (const std::size_t axis : found.order) shape.push_back(found.shape[axis]);
  return shape;
}

Result<Feature> Network::input(const NodeRecord& node, std::size_t i) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, i + 1));
  const Ref ref = node.inputs[i];
  if (!features_.contains(ref.node))
    return unsupported(node, "needs a computed value as input " + std::to_string(i) + " where a constant is");
  const Feature* found = find(ref);
  if (!found) return unsupported(node, "reads a further output of " + in_quotes(source_.node(ref).name));
  return *found;
}

Result<Value> Network::value(const NodeRecord& node, std::size_t i) {
  OCTET_ASSIGN([[maybe_unused]] const Feature found, input(node, i));
  return value(node.inputs[i]);
}

Result<Value> Network::laid(const NodeRecord& node, std::size_t i, const Axes& order) {
  OCTET_ASSIGN([[maybe_unused]] const Feature found, input(node, i));
  auto value = laid(node.inputs[i], order);
  if (!value.ok()) return value.error().at(place(node));
  return value;
}

Result<Value> Network::plain(const NodeRecord& node, std::size_t i) {
  OCTET_ASSIGN(const Feature found, input(node, i));
  return laid(node.inputs[i], plain_order(found.order.size()));
}

Result<Value> Network::planar(const NodeRecord& node, std::size_t i) {
  OCTET_RETURN_IF_ERROR(expect_nhwc(node));
  return laid(node, i, kPlanar);
}

Result<Value> Network::value(Ref ref) {
  OCTET_ASSIGN(const Feature found, feature(ref));
  if (found.value) return *found.value;
  auto emitted = emit(*found.convolution, graph_);
  if (!emitted.ok()) return emitted.error().at(place(source_.node(ref)));
  find(ref)->value = *emitted;
  return *emitted;
}

Result<Value> Network::plain(Ref ref) {
  OCTET_ASSIGN(const Feature found, feature(ref));
  return laid(ref, plain_order(found.order.size()));
}

Result<Value> Network::planar(Ref ref) { return laid(ref, kPlanar); }

// The value with axis i of TensorFlow's at order[i].
Result<Value> Network::laid(Ref ref, const Axes& order) {
  OCTET_ASSIGN(const Value lying, value(ref));
  OCTET_ASSIGN(const Feature found, feature(ref));
  if (found.order == order) return lying;
  if (found.order.size() != order.size())
    return unsupported(source_.node(ref), fmt::format("gives {} axes where {} are needed", found.order.size(), order.size()));
  std::vector<std::int64_t> from(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) from[order[i]] = static_cast<std::int64_t>(found.order[i]);
  const std::string name = graph_.node(lying).name + "/turned";
  return graph_.emit(Transpose{}, {lying, emit_integers(graph_, from, name + "/order")}, name);
}

Result<Tensor> Network::constant(const NodeRecord& node, std::size_t i) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, i + 1));
  return constants_.evaluate(node.inputs[i]);
}

Result<std::vector<std::int64_t>> Network::integers(const NodeRecord& node, std::size_t i) {
  OCTET_ASSIGN(const Tensor found, constant(node, i));
  return to_vector<std::int64_t>(found);
}

Result<std::size_t> Network::axis(const NodeRecord& node, std::int64_t number, std::size_t rank) const {
  auto normal = normal_axis(number, rank);
  if (!normal.ok()) return normal.error().at(place(node));
  return normal;
}

Result<Tensor> Network::weights(const NodeRecord& node, std::size_t i) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, i + 1));
  Ref at = node.inputs[i];
  for (std::size_t hops = 0; source_.op(at) == "Identity" && !source_.node(at).inputs.empty() && hops < 64; ++hops)
    at = source_.node(at).inputs[0];
  const NodeRecord& origin = source_.node(at);
  if (origin.op != "Const") {
    OCTET_ASSIGN(const Tensor value, constants_.evaluate(node.inputs[i]));
    return converted(value, ElementType::kF32);
  }
  // As they are, without the evaluator's limit of size.
  OCTET_ASSIGN_AT(const Tensor value, constant_value(origin), place(origin));
  return converted(value, ElementType::kF32);
}

Result<Feature> Network::append(const NodeRecord& node, Op op, std::vector<Value> inputs, const Axes& order) {
  auto added = graph_.add(std::move(op), std::move(inputs), node.name);
  if (!added.ok()) return added.error().at(place(node));
  const auto feature_at = [&](std::uint32_t port) {
    Feature feature;
    feature.value = Value{*added, port};
    feature.shape = graph_.shape(*feature.value);
    feature.order = order;
    return feature;
  };
  Feature first = feature_at(0);
  if (first.shape.size() != order.size())
    return unsupported(node, "gives " + to_string(first.shape) + ", of " + std::to_string(order.size()) + " axes in octet's reading");
  for (std::uint32_t port = 1; port < graph_.node(*added).outputs.size(); ++port)
    further_outputs_.insert_or_assign({source_.index_of(node), port}, feature_at(port));
  return first;
}

Result<Value> emit(const OpenConvolution& convolution, Graph& graph) {
  const Value weights = graph.emit_constant(scaled_weights(convolution), convolution.name + "/weights");
  Op op = convolution.grouped ? Op(GroupConvolution{convolution.strides, convolution.dilations, convolution.pads})
                              : Op(Convolution{convolution.strides, convolution.dilations, convolution.pads});
  OCTET_ASSIGN(const NodeId node, graph.add(std::move(op), {convolution.data, weights}, convolution.name));
  if (!convolution.has_bias) return Value{node, 0};
  const std::vector<float> bias(convolution.bias.begin(), convolution.bias.end());
  const Value constant =
      graph.emit_constant(Tensor::of<float>({1, static_cast<std::int64_t>(bias.size()), 1, 1}, bias), convolution.bias_name + "/bias");
  OCTET_ASSIGN(const NodeId sum, graph.add(Binary{BinaryKind::kAdd}, {Value{node, 0}, constant}, convolution.bias_name));
  return Value{sum, 0};
}

Value emit_integers(Graph& graph, const std::vector<std::int64_t>& values, const std::string& name) {
  return graph.emit_constant(Tensor::of<std::int64_t>({std::ssize(values)}, values), name);
}

Axes plain_order(std::size_t rank) {
  Axes order(rank);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

Status expect_nhwc(const NodeRecord& node) {
  OCTET_ASSIGN_AT(const std::string format, attribute<std::string>(node, "data_format", "NHWC"), place(node));
  if (format == "NHWC") return {};
  return unsupported(node, "data_format " + in_quotes(format) + "; export the model for CPU, where it is NHWC");
}

}  // namespace octet::tensorflow
