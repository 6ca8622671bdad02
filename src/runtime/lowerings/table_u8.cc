// An element-wise function from one image of bytes to another: activations, arithmetic with numbers and quantizers between two
// quantizations, as SiLU is where a file quantizes its steps. It has 256 values, so it is a table, made by the definitions of its
// operations, without the roundings of fast functions.

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "graph/evaluate.h"
#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

bool is_elementwise(const Op& op) {
  return std::holds_alternative<Unary>(op) || std::holds_alternative<Binary>(op) || std::holds_alternative<Clamp>(op) ||
         std::holds_alternative<Elu>(op) || std::holds_alternative<PRelu>(op) || std::holds_alternative<HardSigmoid>(op) ||
         std::holds_alternative<FakeQuantize>(op);
}

// Nodes one behind the other, each the only reader of the one before, whose results are functions of `data` alone.
class Chain {
 public:
  Chain(const MatchContext& context, Value data) : context_(context), data_(data) {}

  // False, and nothing changes, where the node reads anything but data, the chain and numbers.
  bool take(NodeId id) {
    const Node& node = context_.graph.node(id);
    if (!is_elementwise(node.op) || node.outputs[0] != context_.graph.type(data_)) return false;
    if (!std::ranges::all_of(node.inputs, [&](Value input) { return is_number(input) || is_known(input); })) return false;
    nodes_.push_back(id);
    return true;
  }

  // Takes all that follow, then gives back what stands behind the last quantization to bytes, which becomes the end; false without one.
  bool reach_quantization() {
    while (const auto reader = context_.fusion.only_reader({nodes_.back(), 0}))
      if (!take(*reader)) break;
    for (; !nodes_.empty(); nodes_.pop_back())
      if (end_ = bytes_of(nodes_.back()); end_) return true;
    return false;
  }

  const std::vector<NodeId>& nodes() const { return nodes_; }
  const QuantParamsPtr& end() const { return end_; }

  // What each byte of `data`, quantized by `from`, becomes.
  std::array<std::uint8_t, 256> table(const QuantParams& from) const {
    std::map<Value, Tensor> known{{data_, reals_of(from)}};
    for (const NodeId id : nodes_) known[{id, 0}] = evaluated(id, known);
    std::array<std::uint8_t, 256> bytes;
    const Tensor last = known.at(context_.graph.node(nodes_.back()).inputs[0]);
    std::ranges::transform(last.values<float>(), bytes.begin(), [&](float real) { return quantized(real, *end_); });
    return bytes;
  }

 private:
  static constexpr std::int64_t kBytes = 256;

  bool is_number(Value value) const { return context_.constants.is_constant(value) && element_count(context_.graph.shape(value)) == 1; }
  bool is_known(Value value) const {
    return value == data_ || std::ranges::any_of(nodes_, [&](NodeId id) { return value == Value{id, 0}; });
  }

  // The quantization to bytes with one scale that a node is, or null.
  QuantParamsPtr bytes_of(NodeId id) const {
    const auto quant = context_.fusion.quant_of(id);
    return quant.ok() && !(*quant)->per_channel() ? *quant : nullptr;
  }

  // As ONNX defines QuantizeLinear.
  static std::uint8_t quantized(float real, const QuantParams& quant) {
    if (std::isnan(real)) return 0;
    const float steps = std::nearbyint(real / quant.scale[0]);
    return static_cast<std::uint8_t>(std::clamp(steps + static_cast<float>(quant.zero_point[0]), 0.0f, 255.0f));
  }

  static float dequantized(int byte, const QuantParams& quant) { return static_cast<float>(byte - quant.zero_point[0]) * quant.scale[0]; }

  static Tensor reals_of(const QuantParams& quant) {
    std::vector<float> reals;
    for (int byte = 0; byte < kBytes; ++byte) reals.push_back(dequantized(byte, quant));
    return Tensor::of<float>({1, 1, 1, kBytes}, reals);
  }

  Tensor evaluated(NodeId id, const std::map<Value, Tensor>& known) const {
    const Node& node = context_.graph.node(id);
    if (const QuantParamsPtr quant = bytes_of(id)) {
      std::vector<float> reals;
      for (const float real : known.at(node.inputs[0]).values<float>()) reals.push_back(dequantized(quantized(real, *quant), *quant));
      return Tensor::of<float>({1, 1, 1, kBytes}, reals);
    }
    std::vector<Tensor> inputs;
    for (const Value input : node.inputs) inputs.push_back(is_number(input) ? context_.constants[input] : known.at(input));
    const std::vector<TensorType> outputs{{ElementType::kF32, {1, 1, 1, kBytes}}};
    return evaluate(node.op, inputs, outputs)[0];
  }

  const MatchContext& context_;
  Value data_;
  std::vector<NodeId> nodes_;
  QuantParamsPtr end_;
};

// The one image of bytes, with one scale, that a node computes with.
std::optional<Value> quantized_operand(const MatchContext& context, const Node& node) {
  for (const Value input : node.inputs)
    if (const QuantParamsPtr quant = context.forms.quant(input); quant && !quant->per_channel()) return input;
  return std::nullopt;
}

}  // namespace

MatchResult match_table_u8(const MatchContext& context, NodeId id) {
  const auto data = quantized_operand(context, context.graph.node(id));
  if (!data || unfit_for_kernels(context, id)) return NoMatch{};
  Chain chain(context, *data);
  if (!chain.take(id) || !chain.reach_quantization()) return NoMatch{};
  const QuantParamsPtr from = context.forms.quant(*data);
  const Value result{chain.nodes().back(), 0};
  Match match;
  match.absorbed.assign(chain.nodes().begin() + 1, chain.nodes().end());
  if (chain.nodes().size() == 1 && *from == *chain.end()) {  // quantized like that already
    match.same = {{result, context.forms.resolve(*data)}};
    return match;
  }
  match.results = {{result, {Format::kImageU8, chain.end()}}};
  match.emit = [id, data = *data, result, table = chain.table(*from)](PlanBuilder& builder) {
    add_image_step<std::uint8_t, std::uint8_t>(
        builder, {builder.graph().node(id).name, "table", "", true}, builder.natural(data), builder.natural(result),
        [table](auto in, auto out, ThreadPool& pool) { kernels::map_bytes(table, in, out, pool); }, kSameRow);
  };
  return match;
}

}  // namespace octet
