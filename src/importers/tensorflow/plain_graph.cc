#include "importers/tensorflow/plain_graph.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "importers/tensorflow/evaluator.h"
#include "importers/tensorflow/network.h"
#include "importers/tensorflow/windows.h"

namespace octet::tensorflow {
namespace {

using Axes = std::vector<std::size_t>;

constexpr int kLargestSide = 1 << 14;
const Axes kPlanes{0, 3, 1, 2}, kPixels{0, 2, 3, 1};  // [N,C,H,W] of [N,H,W,C], and back

// A tensor of TensorFlow: its axis i is axis order[i] of `value`.
struct Laid {
  Value value;
  Axes order;

  bool is_plain() const { return std::ranges::is_sorted(order); }
};

Axes plain_order(std::size_t rank) {
  Axes order(rank);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

class PlainGraph {
 public:
  PlainGraph(const Source& source, const ModelInfo& info)
      : source_(source), info_(info), constants_(source, [this](Ref ref) { return shape_of(ref); }) {}

  Result<Graph> translate() {
    for (const Ref end : source_.ends()) {
      if (!source_.is_dynamic(end)) continue;
      OCTET_RETURN_IF_ERROR(translate_up_to(end.node));
      OCTET_ASSIGN(const Value value, plain(end));
      OCTET_ASSIGN([[maybe_unused]] const NodeId output, graph_.add(Output{}, {value}, source_.node(end).name));
    }
    if (graph_.outputs().empty()) return Error{ErrorCode::kUnsupported, "nothing in it depends on an input"};
    graph_.tidy();
    return std::move(graph_);
  }

 private:
  using Rule = Result<std::vector<Laid>> (PlainGraph::*)(const NodeRecord&);

  static Rule rule_of(std::string_view op) {
    static const std::map<std::string_view, Rule> kRules = {{"Placeholder", &PlainGraph::placeholder},
                                                            {"Identity", &PlainGraph::identity},
                                                            {"Relu", &PlainGraph::activation},
                                                            {"Sigmoid", &PlainGraph::activation},
                                                            {"Tanh", &PlainGraph::activation},
                                                            {"Exp", &PlainGraph::activation},
                                                            {"Sqrt", &PlainGraph::activation},
                                                            {"Softplus", &PlainGraph::activation},
                                                            {"Neg", &PlainGraph::activation},
                                                            {"Relu6", &PlainGraph::relu6},
                                                            {"LeakyRelu", &PlainGraph::leaky_relu},
                                                            {"Add", &PlainGraph::arithmetic},
                                                            {"AddV2", &PlainGraph::arithmetic},
                                                            {"BiasAdd", &PlainGraph::arithmetic},
                                                            {"Sub", &PlainGraph::arithmetic},
                                                            {"Mul", &PlainGraph::arithmetic},
                                                            {"RealDiv", &PlainGraph::arithmetic},
                                                            {"Maximum", &PlainGraph::arithmetic},
                                                            {"Minimum", &PlainGraph::arithmetic},
                                                            {"Conv2D", &PlainGraph::convolution},
                                                            {"Pad", &PlainGraph::pad},
                                                            {"DepthwiseConv2dNative", &PlainGraph::convolution},
                                                            {"PadV2", &PlainGraph::pad},
                                                            {"MaxPool", &PlainGraph::pool<MaxPool>},
                                                            {"AvgPool", &PlainGraph::pool<AvgPool>},
                                                            {"ResizeBilinear", &PlainGraph::resize},
                                                            {"Transpose", &PlainGraph::transpose},
                                                            {"ResizeNearestNeighbor", &PlainGraph::resize},
                                                            {"Reshape", &PlainGraph::reshape},
                                                            {"ConcatV2", &PlainGraph::concat},
                                                            {"Split", &PlainGraph::split},
                                                            {"SplitV", &PlainGraph::split},
                                                            {"Softmax", &PlainGraph::softmax}};
    const auto found = kRules.find(op);
    return found == kRules.end() ? nullptr : found->second;
  }

  // ---- Order of translation ----------------------------------------------------------------------------------

  Status translate_up_to(NodeIndex last) {
    std::vector<NodeIndex> stack{last};
    std::set<NodeIndex> open;  // waiting for their inputs
    while (!stack.empty()) {
      const NodeIndex index = stack.back();
      const std::size_t before = stack.size();
      open.insert(index);
      for (const Ref input : source_.node(index).inputs) {
        if (!source_.is_dynamic(input) || values_.contains(input.node)) continue;
        if (open.contains(input.node)) return malformed(source_.node(index), "is part of a loop");
        stack.push_back(input.node);
      }
      if (stack.size() > before && !values_.contains(index)) continue;
      if (!values_.contains(index)) OCTET_RETURN_IF_ERROR(translate_node(index));
      stack.resize(before - 1);
    }
    return {};
  }

  Status translate_node(NodeIndex index) {
    const NodeRecord& node = source_.node(index);
    const Rule rule = rule_of(node.op);
    if (!rule) return unsupported(node, "octet does not know this operation outside of an SSD's heads");
    OCTET_ASSIGN(std::vector<Laid> outputs, (this->*rule)(node));
    values_.emplace(index, std::move(outputs));
    return {};
  }

  // ---- Inputs ------------------------------------------------------------------------------------------------

  Result<Laid> laid(Ref ref) {
    const auto found = values_.find(ref.node);
    if (found == values_.end() || ref.port >= found->second.size()) return unsupported(source_.node(ref), "has no such output");
    return found->second[ref.port];
  }

  Result<Laid> input(const NodeRecord& node, std::size_t i) {
    OCTET_RETURN_IF_ERROR(expect_inputs(node, i + 1));
    if (!source_.is_dynamic(node.inputs[i])) return unsupported(node, "needs a computed value where a constant is");
    return laid(node.inputs[i]);
  }

  Result<Tensor> constant(const NodeRecord& node, std::size_t i) {
    OCTET_RETURN_IF_ERROR(expect_inputs(node, i + 1));
    if (source_.is_dynamic(node.inputs[i])) return unsupported(node, "needs a constant where a computed value is");
    const NodeRecord& origin = source_.node(node.inputs[i]);
    if (origin.op != "Const") return constants_.evaluate(node.inputs[i]);
    OCTET_ASSIGN_AT(Tensor value, constant_value(origin), place(origin));  // of any size
    return value;
  }

  Result<std::vector<std::int64_t>> integers(const NodeRecord& node, std::size_t i) {
    OCTET_ASSIGN(const Tensor value, constant(node, i));
    return to_vector<std::int64_t>(value);
  }

  Result<Shape> shape_of(Ref ref) {
    OCTET_ASSIGN(const Laid found, laid(ref));
    return shape_of(found);
  }

  Shape shape_of(const Laid& laid) const {
    Shape shape;
    for (const std::size_t axis : laid.order) shape.push_back(graph_.shape(laid.value)[axis]);
    return shape;
  }

  // The value with its axes as TensorFlow has them, or as `axes` of those.
  Result<Value> plain(Ref ref) {
    OCTET_ASSIGN(const Laid found, laid(ref));
    return ordered(found, plain_order(found.order.size()));
  }

  Value ordered(const Laid& laid, const Axes& axes) {
    std::vector<std::int64_t> order;
    for (const std::size_t axis : axes) order.push_back(static_cast<std::int64_t>(laid.order[axis]));
    if (std::ranges::is_sorted(order)) return laid.value;
    return graph_.emit(Transpose{}, {laid.value, emit_integers(graph_, order, "order")}, graph_.node(laid.value).name + "/order");
  }

  Result<Value> planes(const NodeRecord& node, std::size_t i) {
    OCTET_RETURN_IF_ERROR(expect_nhwc(node));
    OCTET_ASSIGN(const Laid found, input(node, i));
    if (found.order.size() != 4) return unsupported(node, "reads " + to_string(shape_of(found)) + ", which is no picture");
    return ordered(found, kPlanes);
  }

  Result<std::vector<Laid>> added(const NodeRecord& node, Op op, std::vector<Value> inputs, const Axes& order) {
    auto id = graph_.add(std::move(op), std::move(inputs), node.name);
    if (!id.ok()) return id.error().at(place(node));
    std::vector<Laid> outputs;
    for (std::size_t port = 0; port < graph_.node(*id).outputs.size(); ++port)
      outputs.push_back({{*id, static_cast<std::uint32_t>(port)}, order});
    return outputs;
  }

  // ---- Rules -------------------------------------------------------------------------------------------------

  Result<std::vector<Laid>> placeholder(const NodeRecord& node) {
    if (!graph_.parameters().empty()) return unsupported(node, "is a second input; octet takes graphs of a picture alone");
    OCTET_ASSIGN_AT(const ShapeAttribute attribute_value, attribute<ShapeAttribute>(node, "shape", {}), place(node));
    Shape shape = attribute_value.sizes;
    if (shape.size() != 4) return unsupported(node, "is no picture of four axes");
    if (shape[0] == -1) shape[0] = 1;
    OCTET_RETURN_IF_ERROR(fill_open_sides(node, shape));
    return added(node, Parameter{ElementType::kF32, shape}, {}, plain_order(4));
  }

  Status fill_open_sides(const NodeRecord& node, Shape& shape) {
    const std::size_t first = shape[3] == 3 ? 1 : 2;
    for (const auto& [axis, key] : {std::pair(first, "orig_height"), std::pair(first + 1, "orig_width")}) {
      int side = 0;
      OCTET_RETURN_IF_ERROR(InfoReader(info_).read_integer(key, 1, kLargestSide, side));
      if (shape[axis] == -1 && side > 0) shape[axis] = side;
    }
    const auto is_side = [](std::int64_t side) { return side >= 1 && side <= kLargestSide; };
    if (std::ranges::all_of(shape, is_side)) return {};
    return unsupported(node, "leaves the size of the picture open, " + to_string(shape) + "; declare orig_width and orig_height");
  }

  Result<std::vector<Laid>> identity(const NodeRecord& node) {
    OCTET_ASSIGN(const Laid data, input(node, 0));
    return std::vector{data};
  }

  Result<std::vector<Laid>> activation(const NodeRecord& node) {
    static const std::map<std::string_view, UnaryKind> kKinds = {
        {"Relu", UnaryKind::kRelu}, {"Sigmoid", UnaryKind::kSigmoid}, {"Tanh", UnaryKind::kTanh},        {"Exp", UnaryKind::kExp},
        {"Sqrt", UnaryKind::kSqrt}, {"Neg", UnaryKind::kNegative},    {"Softplus", UnaryKind::kSoftPlus}};
    OCTET_ASSIGN(const Laid data, input(node, 0));
    return added(node, Unary{kKinds.at(node.op)}, {data.value}, data.order);
  }

  Result<std::vector<Laid>> relu6(const NodeRecord& node) {
    OCTET_ASSIGN(const Laid data, input(node, 0));
    return added(node, Clamp{0, 6}, {data.value}, data.order);
  }

  Result<std::vector<Laid>> leaky_relu(const NodeRecord& node) {
    OCTET_ASSIGN(const Laid data, input(node, 0));
    OCTET_ASSIGN_AT(const float slope, attribute<float>(node, "alpha", 0.2f), place(node));
    const Value value = graph_.emit_constant(Tensor::of<float>({1}, std::vector<float>{slope}), node.name + "/slope");
    return added(node, PRelu{}, {data.value, value}, data.order);
  }

  Result<std::vector<Laid>> softmax(const NodeRecord& node) {
    OCTET_ASSIGN(const Laid data, input(node, 0));
    if (data.order.empty()) return malformed(node, "has no axis");
    return added(node, SoftMax{static_cast<std::int64_t>(data.order.back())}, {data.value}, data.order);
  }

  Result<std::vector<Laid>> arithmetic(const NodeRecord& node) {
    static const std::map<std::string_view, BinaryKind> kKinds = {{"Add", BinaryKind::kAdd},         {"AddV2", BinaryKind::kAdd},
                                                                  {"BiasAdd", BinaryKind::kAdd},     {"Sub", BinaryKind::kSubtract},
                                                                  {"Mul", BinaryKind::kMultiply},    {"RealDiv", BinaryKind::kDivide},
                                                                  {"Maximum", BinaryKind::kMaximum}, {"Minimum", BinaryKind::kMinimum}};
    OCTET_RETURN_IF_ERROR(expect_inputs(node, 2));
    const Binary op{kKinds.at(node.op)};
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}})
      if (!source_.is_dynamic(node.inputs[side])) return with_constant(node, op, side);
    OCTET_ASSIGN(const Laid a, input(node, 0));
    OCTET_ASSIGN(const Laid b, input(node, 1));
    if (a.order == b.order) return added(node, op, {a.value, b.value}, a.order);
    return added(node, op, {ordered(a, plain_order(a.order.size())), ordered(b, plain_order(b.order.size()))},
                 plain_order(std::max(a.order.size(), b.order.size())));
  }

  Result<std::vector<Laid>> with_constant(const NodeRecord& node, Binary op, std::size_t side) {
    OCTET_ASSIGN(const Laid data, input(node, 1 - side));
    OCTET_ASSIGN(const Tensor number, constant(node, side));
    Tensor value = converted(number, ElementType::kF32);
    const std::size_t rank = data.order.size();
    if (value.shape().size() > rank) return unsupported(node, "adds axes to " + to_string(shape_of(data)));
    Shape aligned(rank - value.shape().size(), 1);
    aligned.insert(aligned.end(), value.shape().begin(), value.shape().end());
    // Axis order[i] of the constant is its axis i, as in the data.
    std::vector<std::int64_t> back(rank);
    for (std::size_t i = 0; i < rank; ++i) back[data.order[i]] = static_cast<std::int64_t>(i);
    Value operand = graph_.emit_constant(value.reshaped(aligned), node.name + "/constant");
    if (!data.is_plain())
      operand = graph_.emit(Transpose{}, {operand, emit_integers(graph_, back, node.name + "/axes")}, node.name + "/turned");
    return added(node, op, side == 0 ? std::vector{operand, data.value} : std::vector{data.value, operand}, data.order);
  }

  // Weights [kh,kw,I,O], or [kh,kw,C,M] of a depthwise one.
  Result<std::vector<Laid>> convolution(const NodeRecord& node) {
    OCTET_ASSIGN(const Value data, planes(node, 0));
    OCTET_ASSIGN(const Tensor numbers, constant(node, 1));
    const Tensor weights = converted(numbers, ElementType::kF32);
    const Shape& shape = weights.shape();
    if (shape.size() != 4 || weights.size() == 0) return malformed(node, "has weights " + to_string(shape) + ", expected four axes");
    OCTET_ASSIGN(const Spatial strides, spatial_attribute(node, "strides"));
    OCTET_ASSIGN(const Spatial dilations, spatial_attribute(node, "dilations"));
    OCTET_ASSIGN(const Pads pads, pads_of(node, graph_.shape(data), {shape[0], shape[1]}, strides, dilations));
    const bool is_depthwise = node.op == "DepthwiseConv2dNative";
    const std::int64_t channels = graph_.shape(data)[1];
    if (shape[2] != channels)
      return malformed(node, "its weights " + to_string(shape) + " do not fit " + std::to_string(channels) + " channels");
    const std::vector<std::int64_t> turn = is_depthwise ? std::vector<std::int64_t>{2, 3, 0, 1} : std::vector<std::int64_t>{3, 2, 0, 1};
    Value turned =
        graph_.emit(Transpose{}, {graph_.emit_constant(weights, node.name + "/weights"), emit_integers(graph_, turn, node.name + "/turn")},
                    node.name + "/turned");
    if (!is_depthwise) return added(node, Convolution{strides, dilations, pads}, {data, turned}, kPixels);
    turned = graph_.emit(Reshape{}, {turned, emit_integers(graph_, {channels, shape[3], 1, shape[0], shape[1]}, node.name + "/groups")},
                         node.name + "/grouped");
    return added(node, GroupConvolution{strides, dilations, pads}, {data, turned}, kPixels);
  }

  template <typename Pool>
  Result<std::vector<Laid>> pool(const NodeRecord& node) {
    OCTET_ASSIGN(const Value data, planes(node, 0));
    Pool op;
    OCTET_ASSIGN(op.kernel, spatial_attribute(node, "ksize"));
    OCTET_ASSIGN(op.strides, spatial_attribute(node, "strides"));
    OCTET_ASSIGN(op.pads, pads_of(node, graph_.shape(data), op.kernel, op.strides, {1, 1}));
    return added(node, op, {data}, kPixels);
  }

  Result<std::vector<Laid>> resize(const NodeRecord& node) {
    OCTET_ASSIGN(const Value data, planes(node, 0));
    OCTET_ASSIGN(const std::vector<std::int64_t> size, integers(node, 1));
    if (size.size() != 2) return malformed(node, "has no height and width to resize to");
    OCTET_ASSIGN_AT(const bool corners, attribute<bool>(node, "align_corners", false), place(node));
    OCTET_ASSIGN_AT(const bool centers, attribute<bool>(node, "half_pixel_centers", false), place(node));
    Interpolate op;
    if (node.op == "ResizeBilinear") op.mode = Interpolate::Mode::kLinear;
    if (corners) op.coordinates = Interpolate::Coordinates::kAlignCorners;
    if (centers) op.coordinates = Interpolate::Coordinates::kHalfPixel;
    if (corners || centers) op.nearest = Interpolate::NearestRounding::kRoundPreferCeil;
    return added(node, op, {data, emit_integers(graph_, size, node.name + "/size")}, kPixels);
  }

  Result<std::vector<Laid>> pad(const NodeRecord& node) {
    OCTET_ASSIGN(const Laid data, input(node, 0));
    OCTET_ASSIGN(const std::vector<std::int64_t> amounts, integers(node, 1));
    const std::size_t rank = data.order.size();
    if (amounts.size() != 2 * rank) return malformed(node, "does not pad every axis");
    std::vector<std::int64_t> begin(rank), end(rank);
    for (std::size_t i = 0; i < rank; ++i) begin[data.order[i]] = amounts[2 * i], end[data.order[i]] = amounts[2 * i + 1];
    float filling = 0;
    if (node.op == "PadV2") {
      OCTET_RETURN_IF_ERROR(expect_inputs(node, 3));
      OCTET_ASSIGN(const double number, constants_.number(node.inputs[2]));
      filling = static_cast<float>(number);
    }
    return added(node, Pad{},
                 {data.value, emit_integers(graph_, begin, node.name + "/begin"), emit_integers(graph_, end, node.name + "/end"),
                  graph_.emit_constant(Tensor::scalar(filling), node.name + "/value")},
                 data.order);
  }

  Result<std::vector<Laid>> transpose(const NodeRecord& node) {
    OCTET_ASSIGN(const Laid data, input(node, 0));
    OCTET_ASSIGN(const std::vector<std::int64_t> axes, integers(node, 1));
    std::vector<std::int64_t> sorted = axes;
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] != static_cast<std::int64_t>(i)) return malformed(node, "has no order of its axes");
    if (axes.size() != data.order.size()) return malformed(node, "does not name every axis");
    Laid turned{data.value, {}};
    for (const std::int64_t axis : axes) turned.order.push_back(data.order[static_cast<std::size_t>(axis)]);
    return std::vector{turned};
  }

  Result<std::vector<Laid>> reshape(const NodeRecord& node) {
    OCTET_ASSIGN(const Laid data, input(node, 0));
    OCTET_ASSIGN(const std::vector<std::int64_t> sizes, integers(node, 1));
    const Value value = ordered(data, plain_order(data.order.size()));
    return added(node, Reshape{}, {value, emit_integers(graph_, sizes, node.name + "/shape")}, plain_order(sizes.size()));
  }

  Result<std::size_t> axis_at(const NodeRecord& node, std::size_t i, std::size_t rank) {
    OCTET_ASSIGN(const std::vector<std::int64_t> axis, integers(node, i));
    if (axis.size() != 1) return malformed(node, "has no single axis");
    auto normal = normal_axis(axis[0], rank);
    if (!normal.ok()) return normal.error().at(place(node));
    return normal;
  }

  Result<std::vector<Laid>> concat(const NodeRecord& node) {
    OCTET_RETURN_IF_ERROR(expect_inputs(node, 2));
    std::vector<Laid> items;
    for (std::size_t i = 0; i + 1 < node.inputs.size(); ++i) {
      OCTET_ASSIGN(items.emplace_back(), input(node, i));
    }
    OCTET_ASSIGN(const std::size_t axis, axis_at(node, node.inputs.size() - 1, items[0].order.size()));
    const bool are_alike = std::ranges::all_of(items, [&](const Laid& item) { return item.order == items[0].order; });
    const Axes order = are_alike ? items[0].order : plain_order(items[0].order.size());
    std::vector<Value> values;
    for (const Laid& item : items) values.push_back(are_alike ? item.value : ordered(item, plain_order(item.order.size())));
    return added(node, Concat{static_cast<std::int64_t>(order[axis])}, std::move(values), order);
  }

  // Split: axis, data. SplitV: data, lengths, axis.
  Result<std::vector<Laid>> split(const NodeRecord& node) {
    const bool has_lengths = node.op == "SplitV";
    OCTET_ASSIGN(const Laid data, input(node, has_lengths ? 0 : 1));
    OCTET_ASSIGN(const std::size_t axis, axis_at(node, has_lengths ? 2 : 0, data.order.size()));
    const Value along = graph_.emit_constant(Tensor::scalar(static_cast<std::int64_t>(data.order[axis])), node.name + "/axis");
    if (!has_lengths) {
      OCTET_ASSIGN_AT(const std::int64_t count, attribute<std::int64_t>(node, "num_split", 1), place(node));
      return added(node, Split{count}, {data.value, along}, data.order);
    }
    OCTET_ASSIGN(const std::vector<std::int64_t> lengths, integers(node, 1));
    return added(node, VariadicSplit{}, {data.value, along, emit_integers(graph_, lengths, node.name + "/lengths")}, data.order);
  }

  const Source& source_;
  const ModelInfo& info_;
  Evaluator constants_;
  Graph graph_;
  std::map<NodeIndex, std::vector<Laid>> values_;
};

}  // namespace

Result<Graph> translate_plain(const Source& source, const ModelInfo& info) { return PlainGraph(source, info).translate(); }

}  // namespace octet::tensorflow
