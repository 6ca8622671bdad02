#include "quant/center.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "graph/op_schema.h"
#include "graph/patterns.h"
#include "quant/channels.h"
#include "quant/pixel_range.h"

namespace octet::quant {
namespace {

// Of the range that all channels need where they lie to that of the widest one. Less is left as it is.
constexpr double kLeastGain = 1.05;

// Widths of its own range that a channel behind an activation is moved by at most. Such an offset becomes a number of steps, and a plan
// holds 32,000 of them: once channels are alike, 16 widths are 4,080 steps.
constexpr double kMostWidths = 16;

bool is_image_sum(const Graph& graph, const Node& node) {
  const auto* binary = std::get_if<Binary>(&node.op);
  return binary && binary->kind == BinaryKind::kAdd && node.outputs[0].shape.size() == 4 && !graph.constant(node.inputs[0]) &&
         !graph.constant(node.inputs[1]) && graph.shape(node.inputs[0]) == graph.shape(node.inputs[1]);
}

// The constant of a sum with one number for each channel.
std::optional<ConstantSide> channel_bias(const Graph& graph, Value value) {
  const auto side = constant_side(graph, value);
  const bool is_bias = side && side->kind == BinaryKind::kAdd && is_bias_of(*side->constant, graph.shape(value)) &&
                       graph.shape(side->data) == graph.shape(value);
  return is_bias ? side : std::nullopt;
}

bool is_bias_of_convolution(const Graph& graph, Value value) {
  const auto side = channel_bias(graph, value);
  return side && has_known_weights(graph, graph.node(side->data));
}

// What moves as far as what it reads does.
bool hands_on(const Graph& graph, const Node& node) {
  const OpTraits traits = schema_of(node.op).traits;
  return is_image_sum(graph, node) || joins_channels(node) || splits_channels(graph, node) ||
         (traits.only_moves_values && traits.keeps_channel_factors);
}

// Which values may lie elsewhere by a constant a channel, as all that reads them can undo it or hand it on to such as can.
class Freedom {
 public:
  explicit Freedom(const Graph& graph) : graph_(graph), readers_(graph.all_readers()) {
    for (std::size_t i = graph.nodes().size(); i-- > 0;) visit(static_cast<NodeId>(i));
  }

  bool has(Value value) const { return free_.contains(value); }

 private:
  void visit(NodeId id) {
    const Node& node = graph_.node(id);
    for (std::uint32_t port = 0; port < node.outputs.size(); ++port) {
      const Value value{id, port};
      const auto& readers = readers_[index_of(id)];
      if (node.outputs[port].shape.size() == 4 && !readers.empty() &&
          std::ranges::all_of(readers, [&](NodeId reader) { return takes(graph_.node(reader), reader, value); }))
        free_.insert(value);
    }
  }

  bool takes(const Node& node, NodeId id, Value value) const {
    if (std::ranges::find(node.inputs, value) == node.inputs.end()) return true;  // it reads another output
    if (has_known_weights(graph_, node)) return bias_behind_unpadded(graph_, id).has_value();
    return hands_on(graph_, node) && outputs_are_free(id);
  }

  bool outputs_are_free(NodeId id) const {
    for (std::uint32_t port = 0; port < graph_.node(id).outputs.size(); ++port)
      if (!free_.contains({id, port})) return false;
    return true;
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::set<Value> free_;
};

class Centerer {
 public:
  Centerer(Graph& graph, const QuantizationPlan& plan, const std::map<Value, RangeObserver>& observers, double spread)
      : graph_(graph), observers_(observers), spread_(spread), freedom_(graph) {
    for (const Point& point : plan.points)
      if (!point.per_channel && !pixel_range(graph, point.value)) points_.insert(point.value);
  }

  ChannelOffsets run() {
    const std::size_t nodes = graph_.nodes().size();  // new constants follow
    for (std::size_t i = 0; i < nodes; ++i) visit(static_cast<NodeId>(i));
    return std::move(offsets_);
  }

 private:
  using Numbers = std::vector<double>;

  void visit(NodeId id) {
    const Value value{id, 0};
    const Node& node = graph_.node(id);
    if (node.inputs.empty() || node.outputs[0].shape.size() != 4) return;
    if (has_known_weights(graph_, node)) return take_back(id);
    if (is_image_sum(graph_, node)) return add_offsets(id);
    if (const auto side = channel_bias(graph_, value)) return center(id, side->data);
    if (joins_channels(node)) return join(id);
    if (splits_channels(graph_, node)) return split(id);
    const auto found = offsets_.find(node.inputs[0]);
    if (found != offsets_.end() && hands_on(graph_, node)) offsets_[value] = found->second;
  }

  // What the offsets of its input are missing in a convolution's result; its bias gives it back.
  void take_back(NodeId convolution) {
    const Node& node = graph_.node(convolution);
    const auto found = offsets_.find(node.inputs[0]);
    if (found == offsets_.end()) return;
    const ConvolutionGeometry conv = *convolution_geometry(graph_, node);
    Numbers missing(static_cast<std::size_t>(conv.outputs()));
    const auto weights = graph_.constant(node.inputs[1])->values<float>();
    for_each_weight(
        conv, [&](std::size_t o, std::size_t i, std::size_t at) { missing[o] += static_cast<double>(weights[at]) * found->second[i]; });
    missing_[{convolution, 0}] = std::move(missing);
  }

  void center(NodeId id, Value data) {
    const ConstantSide side = *constant_side(graph_, {id, 0});
    auto bias = to_vector<double>(*side.constant);
    const auto missing = missing_.find(data);
    const Numbers centers = centers_of({id, 0});
    if (missing == missing_.end() && centers.empty()) return;
    for (std::size_t c = 0; c < bias.size(); ++c) {
      if (missing != missing_.end()) bias[c] += missing->second[c];
      if (!centers.empty()) bias[c] -= centers[c];
    }
    if (!centers.empty()) offsets_[{id, 0}] = centers;
    const std::vector<float> floats(bias.begin(), bias.end());
    graph_.set_input(id, side.input,
                     graph_.emit_constant(Tensor::of<float>(side.constant->shape(), floats), graph_.node(id).name + "/centered"));
  }

  // The middle of each channel; nothing where that gains nothing.
  Numbers centers_of(Value value) const {
    const auto found = observers_.find(value);
    if (!points_.contains(value) || !freedom_.has(value) || found == observers_.end()) return {};
    const bool is_in_bias = is_bias_of_convolution(graph_, value);
    Numbers centers;
    double widest = 0, least = 0, greatest = 0;
    for (std::size_t c = 0; c < found->second.min().size(); ++c) {
      const double from = found->second.typical_min(c, spread_), to = found->second.typical_max(c, spread_);
      const double center = (from + to) / 2;
      centers.push_back(is_in_bias || std::abs(center) <= kMostWidths * (to - from) ? center : 0);
      widest = std::max(widest, to - from);
      least = std::min(least, from);
      greatest = std::max(greatest, to);
    }
    return greatest - least > kLeastGain * widest ? centers : Numbers{};
  }

  Numbers offsets_or_zeros(Value value) const {
    const auto found = offsets_.find(value);
    return found != offsets_.end() ? found->second : Numbers(static_cast<std::size_t>(graph_.shape(value)[1]));
  }

  void add_offsets(NodeId id) {
    const Node& node = graph_.node(id);
    if (!offsets_.contains(node.inputs[0]) && !offsets_.contains(node.inputs[1])) return;
    Numbers sum = offsets_or_zeros(node.inputs[0]);
    const Numbers other = offsets_or_zeros(node.inputs[1]);
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += other[c];
    offsets_[{id, 0}] = std::move(sum);
  }

  void join(NodeId id) {
    const Node& node = graph_.node(id);
    if (std::ranges::none_of(node.inputs, [&](Value input) { return offsets_.contains(input); })) return;
    Numbers joined;
    for (const Value input : node.inputs) {
      const Numbers part = offsets_or_zeros(input);
      joined.insert(joined.end(), part.begin(), part.end());
    }
    offsets_[{id, 0}] = std::move(joined);
  }

  void split(NodeId id) {
    const Node& node = graph_.node(id);
    const auto found = offsets_.find(node.inputs[0]);
    if (found == offsets_.end()) return;
    auto next = found->second.begin();
    for (std::uint32_t port = 0; port < node.outputs.size(); ++port) {
      const auto end = next + node.outputs[port].shape[1];
      offsets_[{id, port}] = Numbers(next, end);
      next = end;
    }
  }

  Graph& graph_;
  const std::map<Value, RangeObserver>& observers_;
  const double spread_;
  const Freedom freedom_;
  std::set<Value> points_;
  ChannelOffsets offsets_;
  std::map<Value, Numbers> missing_;
};

// A sum with zeros behind `value`, for those of its readers.
void insert_sum(Graph& graph, Value value, const std::vector<Edge>& edges) {
  const std::string name = graph.node(value).name + "/offset";
  const std::vector<float> zeros(static_cast<std::size_t>(graph.shape(value)[1]));
  const Shape shape{1, static_cast<std::int64_t>(zeros.size()), 1, 1};
  const Value constant = graph.emit_constant(Tensor::of<float>(shape, zeros), name + "_of_channels");
  const Value sum = graph.emit(Binary{BinaryKind::kAdd}, {value, constant}, name);
  for (const Edge& edge : edges) graph.set_input(edge.reader, edge.input, sum);
}

// What a convolution computes, behind its activation and the product that makes channels alike. Not behind a ReLU or another clamp: there
// every channel begins at zero, so that little is gained, and ONNX Runtime takes a convolution in integers only where its quantizer follows
// at once.
bool is_of_convolution(const Graph& graph, Value value) {
  if (scales_channels(graph, value)) value = constant_side(graph, value)->data;
  const Node& node = graph.node(value);
  const auto* unary = std::get_if<Unary>(&node.op);
  if (!std::holds_alternative<PRelu>(node.op) && (!unary || unary->kind == UnaryKind::kRelu)) return false;
  value = node.inputs[0];
  return has_known_weights(graph, graph.node(value)) || is_bias_of_convolution(graph, value);
}

// Only convolutions read it, so that each can give back what it is moved by once that is known to a step.
bool gains_by_offset(const Graph& graph, const Freedom& freedom, const Point& point) {
  return !point.per_channel && graph.shape(point.value).size() == 4 && freedom.has(point.value) && is_of_convolution(graph, point.value) &&
         graph.reader_count(point.value.node) == point.edges.size() &&
         std::ranges::all_of(point.edges, [&](const Edge& edge) { return has_known_weights(graph, graph.node(edge.reader)); });
}

}  // namespace

void insert_offsets(Graph& graph) {
  const Freedom freedom(graph);
  for (const Point& point : plan_quantization(graph).points)
    if (gains_by_offset(graph, freedom, point)) insert_sum(graph, point.value, point.edges);
  graph.tidy();
}

ChannelOffsets center_channels(Graph& graph, const QuantizationPlan& plan, const std::map<Value, RangeObserver>& observers, double spread) {
  return Centerer(graph, plan, observers, spread).run();
}

void remove_idle_offsets(Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Value value{static_cast<NodeId>(i), 0};
    if (!moves_channels(graph, value)) continue;
    const ConstantSide side = *constant_side(graph, value);
    if (std::ranges::all_of(side.constant->values<float>(), [](float x) { return x == 0; })) graph.replace_uses(value, side.data);
  }
  graph.tidy();
}

}  // namespace octet::quant
