#include "runtime/decide.h"

#include <algorithm>

namespace octet {
namespace {

class Decider {
 public:
  Decider(const Graph& graph, const Constants& constants, const FusionFinder& fusion)
      : graph_(graph), constants_(constants), fusion_(fusion), absorbed_(graph.nodes().size()) {
    decisions_.nodes.resize(graph.nodes().size());
  }

  Decisions run() {
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
      const auto id = static_cast<NodeId>(i);
      const Node& node = graph_.nodes()[i];
      if (absorbed_[i] || std::holds_alternative<Constant>(node.op)) continue;
      if (std::holds_alternative<Parameter>(node.op)) {
        decisions_.natural[{id, 0}] = {};
        continue;
      }
      if (std::holds_alternative<Output>(node.op)) {
        at(id).lowering = Lowering::kOutput;
        continue;
      }
      if (constants_.is_constant({id, 0})) continue;
      decide(id, node);
    }
    return std::move(decisions_);
  }

 private:
  NodeDecision& at(NodeId id) { return decisions_.nodes[index_of(id)]; }

  void decide(NodeId id, const Node& node) {
    if (has_kernels(node) && (decide_linear(id, node) || decide_image(id, node))) return;
    if (decide_plain(id, node)) return;
    at(id).lowering = Lowering::kGeneric;
    for (std::uint32_t port = 0; port < node.outputs.size(); ++port) decisions_.natural[{id, port}] = {};
  }

  // Images are float (or quantized float) and hold something.
  bool has_kernels(const Node& node) const {
    const auto fits = [](const TensorType& type) { return type.element == ElementType::kF32 && element_count(type.shape) > 0; };
    return fits(graph_.type(node.inputs[0])) && std::all_of(node.outputs.begin(), node.outputs.end(), fits);
  }

  // Takes over the chain behind the node; its result is an image, u8 if a FakeQuantize closes the chain.
  void with_epilogue(NodeId id, Lowering lowering, FusionFinder::Takes takes = {}) {
    NodeDecision& decision = at(id);
    decision.lowering = lowering;
    decision.epilogue = fusion_.epilogue({id, 0}, takes);
    for (const NodeId absorbed : decision.epilogue.absorbed) absorbed_[index_of(absorbed)] = true;
    const QuantParamsPtr& quant = decision.epilogue.quant;
    decisions_.natural[decision.epilogue.result] = {quant ? Format::kImageU8 : Format::kImageF32, quant};
    for (const Value value : decision.epilogue.same_as_result) decisions_.same[value] = decision.epilogue.result;
  }

  bool decide_linear(NodeId id, const Node& node) {
    if (std::holds_alternative<Convolution>(node.op) || std::holds_alternative<GroupConvolution>(node.op)) {
      if (node.outputs[0].shape.size() != 4 || !constants_.is_constant(node.inputs[1])) return false;
      with_epilogue(id, Lowering::kConvolution, {true, true});
      return true;
    }
    Value data;
    if (auto affine = fusion_.affine_of(id, &data)) return decide_affine(id, data, std::move(*affine));
    const auto* binary = std::get_if<Binary>(&node.op);
    if (!binary || (binary->kind != BinaryKind::kAdd && binary->kind != BinaryKind::kMultiply)) return false;
    const bool images = decisions_.is_image(node.inputs[0]) && decisions_.is_image(node.inputs[1]) &&
                        graph_.shape(node.inputs[0]) == graph_.shape(node.inputs[1]);
    if (!images) return false;
    with_epilogue(id, binary->kind == BinaryKind::kAdd ? Lowering::kAddImages : Lowering::kMultiplyImages);
    return true;
  }

  // A chain of affine maps becomes one; behind a parameter it joins the change of layout.
  bool decide_affine(NodeId id, Value data, Affine affine) {
    NodeDecision& decision = at(id);
    const bool from_parameter = std::holds_alternative<Parameter>(graph_.node(data).op);
    decision.affine = std::move(affine);
    decision.data = data;
    NodeId last = id;
    while (const auto next = next_affine(last)) {
      Value ignored;
      compose(decision.affine, *fusion_.affine_of(*next, &ignored));
      absorbed_[index_of(*next)] = true;
      last = *next;
    }
    const Lowering lowering = from_parameter ? Lowering::kInputImage : Lowering::kScaleShift;
    NodeDecision kept = std::move(decision);
    with_epilogue(last, lowering);
    kept.lowering = lowering;
    if (from_parameter && at(last).epilogue.activation.kind != kernels::Activation::Kind::kNone) kept.lowering = Lowering::kScaleShift;
    kept.epilogue = std::move(at(last).epilogue);
    if (last != id) at(last) = {};
    at(id) = std::move(kept);
    return true;
  }

  std::optional<NodeId> next_affine(NodeId id) const {
    const auto reader = fusion_.only_reader({id, 0});
    Value data;
    if (!reader || !fusion_.affine_of(*reader, &data)) return std::nullopt;
    return reader;
  }

  static void compose(Affine& first, const Affine& second) {
    const std::size_t count = std::max(first.scale.size(), second.scale.size());
    const auto pick = [](const std::vector<float>& values, std::size_t i) { return values[values.size() > 1 ? i : 0]; };
    Affine both{std::vector<float>(count), std::vector<float>(count)};
    for (std::size_t i = 0; i < count; ++i) {
      both.scale[i] = pick(first.scale, i) * pick(second.scale, i);
      both.offset[i] = pick(first.offset, i) * pick(second.scale, i) + pick(second.offset, i);
    }
    first = std::move(both);
  }

  bool decide_image(NodeId id, const Node& node) {
    if (node.outputs[0].shape.size() != 4) return false;
    if (std::holds_alternative<FakeQuantize>(node.op)) return decide_quantize(id, node);
    if (std::holds_alternative<Concat>(node.op)) return decide_concat(id, node);
    if (!decisions_.is_image(node.inputs[0])) return decide_image_of_plain(id, node);
    if (std::holds_alternative<MaxPool>(node.op)) return pass_on(id, node, Lowering::kMaxPool);
    if (std::holds_alternative<AvgPool>(node.op)) return with_epilogue(id, Lowering::kAvgPool), true;
    if (const auto* resize = std::get_if<Interpolate>(&node.op))
      return resize->mode == Interpolate::Mode::kNearest && pass_on(id, node, Lowering::kResizeNearest);
    if (channel_slices(graph_, constants_, id)) return pass_on(id, node, Lowering::kChannelSlices);
    if (const auto activation = fusion_.activation_of(id)) {
      with_epilogue(id, Lowering::kActivateImage, {false, false});
      at(id).epilogue.activation = *activation;
      return true;
    }
    return false;
  }

  // Pools read images whatever their input is; a change of layout comes before them.
  bool decide_image_of_plain(NodeId id, const Node& node) {
    if (std::holds_alternative<MaxPool>(node.op)) return pass_on(id, node, Lowering::kMaxPool);
    if (std::holds_alternative<AvgPool>(node.op)) return with_epilogue(id, Lowering::kAvgPool), true;
    return false;
  }

  // Results have the format and the quantization of the input.
  bool pass_on(NodeId id, const Node& node, Lowering lowering) {
    at(id).lowering = lowering;
    const QuantParamsPtr quant =
        lowering == Lowering::kChannelSlices || !per_channel(node.inputs[0]) ? decisions_.quant(node.inputs[0]) : nullptr;
    if (lowering == Lowering::kChannelSlices && per_channel(node.inputs[0])) return at(id).lowering = Lowering::kNone, false;
    const Format format = quant ? Format::kImageU8 : Format::kImageF32;
    for (std::uint32_t port = 0; port < node.outputs.size(); ++port) decisions_.natural[{id, port}] = {format, quant};
    return true;
  }

  bool per_channel(Value value) const {
    const QuantParamsPtr quant = decisions_.quant(value);
    return quant && quant->per_channel();
  }

  bool decide_quantize(NodeId id, const Node& node) {
    const QuantParamsPtr quant = fusion_.quant_of(id);
    if (!quant || constants_.is_constant(node.inputs[0])) return false;
    at(id).lowering = Lowering::kQuantize;
    decisions_.natural[{id, 0}] = {Format::kImageU8, quant};
    return true;
  }

  bool decide_concat(NodeId id, const Node& node) {
    const auto& concat = std::get<Concat>(node.op);
    if (concat.axis != 1 && concat.axis != -3) return false;
    const bool any_image = std::any_of(node.inputs.begin(), node.inputs.end(), [&](Value v) { return decisions_.is_image(v); });
    if (!any_image) return false;
    QuantParamsPtr quant = decisions_.quant(node.inputs[0]);
    for (const Value input : node.inputs) {
      const QuantParamsPtr other = decisions_.quant(input);
      if (!quant || !other || *other != *quant || quant->per_channel()) quant = nullptr;
    }
    at(id).lowering = Lowering::kConcatImages;
    decisions_.natural[{id, 0}] = {quant ? Format::kImageU8 : Format::kImageF32, quant};
    return true;
  }

  bool decide_plain(NodeId id, const Node& node) {
    const auto choose = [&](Lowering lowering) {
      at(id).lowering = lowering;
      decisions_.natural[{id, 0}] = {};
      return true;
    };
    if (std::holds_alternative<DetectionOutput>(node.op) && node.outputs[0].element == ElementType::kF32)
      return choose(Lowering::kDetectionOutput);
    if (std::holds_alternative<Concat>(node.op)) return choose(Lowering::kConcatPlain);
    if (std::holds_alternative<Reshape>(node.op) || std::holds_alternative<Squeeze>(node.op) || std::holds_alternative<Unsqueeze>(node.op))
      return choose(Lowering::kReshape);
    if (std::holds_alternative<Transpose>(node.op) && decisions_.is_image(node.inputs[0]) &&
        to_vector<std::int64_t>(constants_[node.inputs[1]]) == std::vector<std::int64_t>{0, 2, 3, 1})
      return choose(Lowering::kPlainFromImage);
    if (node.outputs[0].element == ElementType::kF32 && fusion_.activation_of(id)) return choose(Lowering::kActivatePlain);
    return false;
  }

  const Graph& graph_;
  const Constants& constants_;
  const FusionFinder& fusion_;
  Decisions decisions_;
  std::vector<bool> absorbed_;
};

// The channel where a StridedSlice begins if it keeps whole images of consecutive channels.
std::optional<std::int64_t> strided_channel_slice(const Graph& graph, const Constants& constants, const Node& node,
                                                  const StridedSlice& slice) {
  const auto any = [](const std::vector<std::int64_t>& mask) {
    return std::any_of(mask.begin(), mask.end(), [](auto m) { return m != 0; });
  };
  if (any(slice.new_axis_mask) || any(slice.shrink_axis_mask) || any(slice.ellipsis_mask)) return std::nullopt;
  const Shape &in = graph.shape(node.inputs[0]), &out = node.outputs[0].shape;
  if (in.size() != 4 || in[0] != out[0] || in[2] != out[2] || in[3] != out[3]) return std::nullopt;
  const auto begin = to_vector<std::int64_t>(constants[node.inputs[1]]);
  const auto steps =
      node.inputs.size() > 3 ? to_vector<std::int64_t>(constants[node.inputs[3]]) : std::vector<std::int64_t>(begin.size(), 1);
  if (begin.size() < 2 || std::any_of(steps.begin(), steps.end(), [](auto s) { return s != 1; })) return std::nullopt;
  const bool ignored = slice.begin_mask.size() > 1 && slice.begin_mask[1] != 0;
  return ignored ? 0 : std::clamp<std::int64_t>(begin[1] < 0 ? begin[1] + in[1] : begin[1], 0, in[1] - out[1]);
}

}  // namespace

std::optional<std::vector<std::int64_t>> channel_slices(const Graph& graph, const Constants& constants, NodeId id) {
  const Node& node = graph.node(id);
  if (node.outputs[0].shape.size() != 4) return std::nullopt;
  for (std::size_t i = 1; i < node.inputs.size(); ++i)
    if (!constants.is_constant(node.inputs[i])) return std::nullopt;
  if (const auto* slice = std::get_if<StridedSlice>(&node.op)) {
    const auto first = strided_channel_slice(graph, constants, node, *slice);
    return first ? std::optional(std::vector<std::int64_t>{*first}) : std::nullopt;
  }
  if (!std::holds_alternative<Split>(node.op) && !std::holds_alternative<VariadicSplit>(node.op)) return std::nullopt;
  const std::int64_t axis = to_vector<std::int64_t>(constants[node.inputs[1]])[0];
  if (axis != 1 && axis != -3) return std::nullopt;
  std::vector<std::int64_t> first;
  std::int64_t channel = 0;
  for (const TensorType& output : node.outputs) {
    first.push_back(channel);
    channel += output.shape[1];
  }
  return first;
}

Decisions decide(const Graph& graph, const Constants& constants, const FusionFinder& fusion) {
  return Decider(graph, constants, fusion).run();
}

}  // namespace octet
