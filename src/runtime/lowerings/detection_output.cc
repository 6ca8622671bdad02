// The post-processing of an SSD, in floats. A sigmoid of its scores is made for those few that it looks at.

#include "graph/detection_output.h"
#include "graph/patterns.h"
#include "kernels/activation/activation.h"
#include "runtime/builder.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

DetectionSizes sizes_of(const Graph& graph, const Node& node) {
  const Shape &codes = graph.shape(node.inputs[0]), &scores = graph.shape(node.inputs[1]), &priors = graph.shape(node.inputs[2]);
  DetectionSizes sizes{codes[0], codes[1] / 4, 0, priors[0] > 1, priors[1] == 2};
  sizes.classes = sizes.priors > 0 ? scores[1] / sizes.priors : 0;
  return sizes;
}

bool keeps_bytes(const Op& op) {
  return std::holds_alternative<Reshape>(op) || std::holds_alternative<Squeeze>(op) || std::holds_alternative<Unsqueeze>(op);
}

bool is_sigmoid(const Graph& graph, Value value) {
  return is_unary(graph, value, UnaryKind::kSigmoid) && graph.type(value).element == ElementType::kF32;
}

// Whether the lowering takes a node.
bool is_in_floats(const Node& node) {
  return std::holds_alternative<DetectionOutput>(node.op) && node.outputs[0].element == ElementType::kF32;
}

// Whether nothing but a DetectionOutput reads `value`, as its scores, if need be with another shape.
bool are_scores_alone(const MatchContext& context, Value value) {
  for (auto reader = context.fusion.only_reader(value); reader; reader = context.fusion.only_reader(value)) {
    const Node& node = context.graph.node(*reader);
    if (is_in_floats(node)) return node.inputs[1] == value;
    if (!keeps_bytes(node.op) || node.inputs[0] != value) return false;
    value = {*reader, 0};
  }
  return false;
}

// Whether a sigmoid that match_sigmoid_of_scores() took gives the scores.
bool are_logits(const MatchContext& context, Value scores) {
  while (keeps_bytes(context.graph.node(scores).op)) scores = context.graph.node(scores).inputs[0];
  return is_sigmoid(context.graph, scores) && context.forms.same.contains(scores);
}

void emit(PlanBuilder& builder, NodeId id, kernels::Activation::Kind score) {
  const Node& node = builder.graph().node(id);
  std::vector<SlotId> from;
  for (const Value input : node.inputs) from.push_back(builder.plain(input));
  const SlotId to = builder.natural({id, 0});
  const auto& op = std::get<DetectionOutput>(node.op);
  const DetectionSizes sizes = sizes_of(builder.graph(), node);
  const StateId state = builder.add_state([op, sizes] {
    auto scratch = std::make_shared<DetectionScratch>();
    scratch->reserve(op, sizes);
    return scratch;
  });
  builder.add_step({node.name, "DetectionOutput"}, from, {to},
                   [from, to, sizes, op, state, score, isa = builder.isa()](const Workspace& ws) {
                     const auto score_of = [&](std::span<const float> numbers, std::span<float> scores) {
                       kernels::activate({score}, numbers, scores, isa);
                     };
                     detection_output(op, sizes, ws.plain<const float>(from[0]), ws.plain<const float>(from[1]), score_of,
                                      ws.plain<const float>(from[2]), ws.plain<float>(to), ws.state<DetectionScratch>(state));
                   });
}

}  // namespace

// There is no step for it: the value is its input by another name.
MatchResult match_sigmoid_of_scores(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!is_sigmoid(context.graph, {id, 0}) || !are_scores_alone(context, {id, 0})) return NoMatch{};
  Match match;
  match.same = {{{id, 0}, context.forms.resolve(node.inputs[0])}};
  return match;
}

MatchResult match_detection_output(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!std::holds_alternative<DetectionOutput>(node.op)) return NoMatch{};
  if (node.outputs[0].element != ElementType::kF32)
    return NoMatch{"kernels compute in f32, not in " + std::string(name_of(node.outputs[0].element))};
  Match match;
  match.results = {{{id, 0}, {}}};
  const auto score = are_logits(context, node.inputs[1]) ? kernels::Activation::Kind::kSigmoid : kernels::Activation::Kind::kNone;
  match.emit = [id, score](PlanBuilder& builder) { emit(builder, id, score); };
  return match;
}

}  // namespace octet
