#include "quant/placement.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "graph/op_schema.h"
#include "graph/patterns.h"
#include "quant/channels.h"
#include "runtime/constants.h"

namespace octet::quant {
namespace {

// What moves values and leaves images as they are works on their bytes as well.
bool moves_images(const Op& op) {
  const OpTraits traits = schema_of(op).traits;
  return traits.only_moves_values && traits.keeps_axes;
}

class Planner {
 public:
  Planner(const Graph& graph, const std::set<NodeId>& wide) : graph_(graph), wide_(wide), constants_(graph) {}

  QuantizationPlan run() {
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
      find_origin(static_cast<NodeId>(i));
      visit(static_cast<NodeId>(i));
    }
    return finish();
  }

 private:
  struct Draft {
    std::vector<Edge> edges;
    bool all_depthwise = true;
  };

  void visit(NodeId id) {
    const Node& node = graph_.node(id);
    if (!schema_of(node.op).traits.computes_in_integers || wide_.contains(id)) return;
    if (const auto conv = convolution_geometry(graph_, node)) {
      // The mean of a distribution of distances (Distribution Focal Loss) is a coordinate in pixels: 256 levels are too few for it.
      if (!has_known_weights(graph_, node) || is_distribution(node.inputs[0])) return;
      layers_.push_back(id);
      convolutions_.push_back(id);
      climb({id, 0}, conv->is_depthwise());
    } else if (node.inputs.size() == 1 || joins_activations(node)) {
      layers_.push_back(id);
      for (std::size_t i = 0; i < node.inputs.size(); ++i) climb({id, i}, false);
    }
  }

  // Whether a value is a SoftMax's, wherever its axes have been moved to.
  bool is_distribution(Value value) const {
    while (schema_of(graph_.node(value).op).traits.only_moves_values && !std::holds_alternative<Concat>(graph_.node(value).op))
      value = graph_.node(value).inputs[0];
    return std::holds_alternative<SoftMax>(graph_.node(value).op);
  }

  // A sum of two images that convolutions made; one in a tail without convolutions stays float.
  bool joins_activations(const Node& node) const {
    return node.outputs[0].shape.size() == 4 &&
           std::ranges::none_of(node.inputs, [&](Value input) { return constants_.is_constant(input); }) &&
           std::ranges::all_of(node.inputs, [&](Value input) { return graph_.shape(input) == node.outputs[0].shape; });
  }

  // What moves is followed up; a concatenation with a constant part has no one scale, so its result is quantized.
  bool is_passed(Value value) const {
    const Node& producer = graph_.node(value);
    if (!moves_images(producer.op) || graph_.shape(value).size() != 4) return false;
    const bool joins = std::holds_alternative<Concat>(producer.op);
    return !joins ||
           std::none_of(producer.inputs.begin(), producer.inputs.end(), [&](Value input) { return constants_.is_constant(input); });
  }

  // Follows one input up to the values that are computed and not only moved.
  void climb(Edge from, bool from_depthwise) {
    std::vector<std::pair<Edge, bool>> open{{from, from_depthwise}};
    while (!open.empty()) {
      const auto [edge, depthwise] = open.back();
      open.pop_back();
      if (!visited_.insert({edge.reader, edge.input, depthwise}).second) continue;
      const Value value = graph_.node(edge.reader).inputs[edge.input];
      const Node& producer = graph_.node(value);
      if (!is_passed(value)) {
        add(value, edge, depthwise);
        continue;
      }
      const bool joins = std::holds_alternative<Concat>(producer.op);
      if (joins) unite_inputs(value.node);
      for (std::size_t i = 0; i < (joins ? producer.inputs.size() : 1); ++i) open.push_back({{value.node, i}, depthwise && !joins});
    }
  }

  // What one concatenation joins has one scale: the moved values stand for what they are made of.
  void unite_inputs(NodeId id) {
    if (!united_.insert(id).second) return;
    const Node& concat = graph_.node(id);
    for (const Value input : concat.inputs) unite(concat.inputs[0], input);
    for (const Value input : concat.inputs) unite(input, origin(input));
  }

  // Nodes come after what they read, so the origins of their inputs are known.
  void find_origin(NodeId id) {
    const Value value{id, 0};
    origins_.push_back(value);
    if (graph_.node(id).inputs.empty() || !is_passed(value)) return;
    const Value input = graph_.node(id).inputs[0];
    origins_.back() = std::holds_alternative<Concat>(graph_.node(id).op) ? input : origin(input);
  }

  // The value that a moved one is cut or resized from, as far as there is just one.
  Value origin(Value value) const { return is_passed(value) ? origins_[index_of(value.node)] : value; }

  void add(Value value, Edge edge, bool depthwise) {
    if (constants_.is_constant(value) || graph_.type(value).element != ElementType::kF32) return;
    Draft& draft = drafts_[value];
    if (added_.insert({edge.reader, edge.input}).second) draft.edges.push_back(edge);
    draft.all_depthwise = draft.all_depthwise && depthwise;
    number_of(value);
  }

  std::size_t number_of(Value value) {
    const auto [found, is_new] = numbers_.try_emplace(value, scales_.size());
    if (is_new) scales_.add();
    return found->second;
  }
  void unite(Value a, Value b) { scales_.unite(number_of(a), number_of(b)); }

  QuantizationPlan finish() {
    QuantizationPlan plan;
    const std::vector<std::size_t> roots = scales_.roots();
    std::map<std::size_t, std::size_t> groups;
    for (auto& [value, draft] : drafts_) {
      const std::size_t group = groups.try_emplace(roots[numbers_.at(value)], groups.size()).first->second;
      plan.points.push_back({value, draft.all_depthwise, group, std::move(draft.edges)});
    }
    plan.groups = groups.size();
    plan.layers = std::move(layers_);
    plan.convolutions = std::move(convolutions_);
    return plan;
  }

  const Graph& graph_;
  const std::set<NodeId>& wide_;
  const Constants constants_;
  std::map<Value, Draft> drafts_;
  std::map<Value, std::size_t> numbers_;
  DisjointSets scales_;         // of the numbers of values
  std::vector<Value> origins_;  // by node: of what it moves
  std::set<std::tuple<NodeId, std::size_t, bool>> visited_;
  std::set<std::pair<NodeId, std::size_t>> added_;
  std::set<NodeId> united_;
  std::vector<NodeId> layers_, convolutions_;
};

}  // namespace

QuantizationPlan plan_quantization(const Graph& graph, const std::set<NodeId>& wide) { return Planner(graph, wide).run(); }

}  // namespace octet::quant
