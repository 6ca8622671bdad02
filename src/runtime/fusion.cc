#include "runtime/fusion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "graph/patterns.h"
#include "graph/whole_steps.h"

namespace octet {
namespace {

using Kind = kernels::Activation::Kind;

std::optional<Kind> activation_kind(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::kRelu:
      return Kind::kRelu;
    case UnaryKind::kSigmoid:
      return Kind::kSigmoid;
    case UnaryKind::kTanh:
      return Kind::kTanh;
    case UnaryKind::kExp:
      return Kind::kExp;
    case UnaryKind::kMish:
      return Kind::kMish;
    case UnaryKind::kSwish:
      return Kind::kSwish;
    case UnaryKind::kHSwish:
      return Kind::kHSwish;
    case UnaryKind::kHSigmoid:
      return Kind::kHSigmoid;
    case UnaryKind::kSqrt:
    case UnaryKind::kAbs:
    case UnaryKind::kNegative:
    case UnaryKind::kFloor:
    case UnaryKind::kSoftPlus:
    case UnaryKind::kLog:
    case UnaryKind::kErf:
    case UnaryKind::kCeiling:
    case UnaryKind::kSign:
    case UnaryKind::kRound:
    case UnaryKind::kGelu:
    case UnaryKind::kGeluTanh:
    case UnaryKind::kSin:
    case UnaryKind::kCos:
    case UnaryKind::kLogicalNot:
      break;
  }
  return std::nullopt;
}

// Makes of `first` the map that applies it and then `second`.
void compose(Affine& first, const Affine& second) {
  const std::size_t count = std::max(first.scale.size(), second.scale.size());
  const auto pick = [](const std::vector<float>& values, std::size_t i) { return values[values.size() > 1 ? i : 0]; };
  Affine both{std::vector<float>(count), std::vector<float>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    both.scale[i] = pick(first.scale, i) * pick(second.scale, i);
    both.offset[i] = pick(first.offset, i) * pick(second.scale, i) + pick(second.offset, i);
  }
  first = std::move(both);
}

// The numbers in steps of one quantization for all channels; nothing where they are not whole or too many.
std::optional<std::vector<std::int16_t>> steps_of(std::span<const float> numbers, const QuantParams& quant) {
  constexpr double kMost = 32000;
  if (quant.per_channel()) return std::nullopt;
  std::vector<std::int16_t> steps;
  for (const float number : numbers) {
    const auto whole = whole_steps(static_cast<double>(number), static_cast<double>(quant.scale[0]));
    if (!whole || std::fabs(*whole) > kMost - 255) return std::nullopt;
    steps.push_back(static_cast<std::int16_t>(*whole));
  }
  return steps;
}

}  // namespace

Affine Affine::of_channels(std::int64_t channels) const {
  if (scale.size() != 1) return *this;
  const auto count = static_cast<std::size_t>(channels);
  return {std::vector<float>(count, scale[0]), std::vector<float>(count, offset[0])};
}

FusionFinder::FusionFinder(const Graph& graph, const Constants& constants, const std::vector<Value>& observe)
    : graph_(graph), constants_(constants), readers_(graph.all_readers()), observe_(observe.begin(), observe.end()) {}

std::optional<NodeId> FusionFinder::only_reader(Value value) const {
  const auto& readers = readers_[index_of(value.node)];
  if (readers.size() != 1 || graph_.node(value).outputs.size() != 1) return std::nullopt;
  if (observe_.contains(value)) return std::nullopt;
  return readers[0];
}

std::optional<std::vector<float>> FusionFinder::channel_values(Value constant, const Shape& data) const {
  if (data.size() != 4 || graph_.type(constant).element != ElementType::kF32 || !is_per_channel(graph_.shape(constant), data))
    return std::nullopt;
  return to_vector<float>(constants_[constant]);
}

std::optional<float> FusionFinder::single_number(Value value) const {
  if (!constants_.is_constant(value) || element_count(graph_.shape(value)) != 1) return std::nullopt;
  return to_vector<float>(constants_[value])[0];
}

std::optional<kernels::Activation> FusionFinder::activation_of(NodeId id) const {
  const Node& node = graph_.node(id);
  if (const auto* unary = std::get_if<Unary>(&node.op)) {
    const auto kind = activation_kind(unary->kind);
    return kind ? std::optional(kernels::Activation{*kind, 0, 0}) : std::nullopt;
  }
  if (const auto* clamp = std::get_if<Clamp>(&node.op))
    return kernels::Activation{Kind::kClamp, static_cast<float>(clamp->min), static_cast<float>(clamp->max)};
  if (std::holds_alternative<PRelu>(node.op))
    if (const auto slope = single_number(node.inputs[1])) return kernels::Activation{Kind::kLeaky, *slope, 0};
  if (std::holds_alternative<HardSigmoid>(node.op)) {
    const auto alpha = single_number(node.inputs[1]), beta = single_number(node.inputs[2]);
    if (alpha && beta) return kernels::Activation{Kind::kHardSigmoid, *alpha, *beta};
  }
  return std::nullopt;
}

std::optional<Affine> FusionFinder::affine_of(NodeId id, Value* data) const {
  const Node& node = graph_.node(id);
  const auto* binary = std::get_if<Binary>(&node.op);
  if (!binary) return std::nullopt;
  const bool constant_first = constants_.is_constant(node.inputs[0]);
  if (constant_first == constants_.is_constant(node.inputs[1])) return std::nullopt;
  *data = node.inputs[constant_first ? 1 : 0];
  if (graph_.shape(*data) != node.outputs[0].shape) return std::nullopt;
  auto values = channel_values(node.inputs[constant_first ? 0 : 1], node.outputs[0].shape);
  if (!values) return std::nullopt;
  const std::size_t count = values->size();
  const std::vector<float> ones(count, 1.0f), zeros(count, 0.0f), minus_ones(count, -1.0f);
  const auto negated = [](std::vector<float> v) {
    for (float& x : v) x = -x;
    return v;
  };
  switch (binary->kind) {
    case BinaryKind::kAdd:
      return Affine{ones, *values};
    case BinaryKind::kMultiply:
      return Affine{*values, zeros};
    case BinaryKind::kSubtract:
      return constant_first ? Affine{minus_ones, *values} : Affine{ones, negated(*values)};
    case BinaryKind::kDivide:
      if (constant_first) return std::nullopt;
      for (float& x : *values) x = 1.0f / x;
      return Affine{*values, zeros};
    default:
      return std::nullopt;
  }
}

std::optional<AffineChain> FusionFinder::affine_chain(NodeId id) const {
  AffineChain chain;
  auto first = affine_of(id, &chain.data);
  if (!first) return std::nullopt;
  chain.affine = std::move(*first);
  chain.last = id;
  while (const auto reader = only_reader({chain.last, 0})) {
    Value ignored;
    const auto next = affine_of(*reader, &ignored);
    if (!next) break;
    compose(chain.affine, *next);
    chain.absorbed.push_back(*reader);
    chain.last = *reader;
  }
  return chain;
}

QuantizedCopies FusionFinder::quantized_copies(Value value) const {
  QuantizedCopies copies;
  for (const NodeId reader : readers_[index_of(value.node)]) {
    const auto quant = quant_of(reader);
    if (!quant.ok() || (*quant)->per_channel() || graph_.node(reader).inputs[0] != value) continue;
    if (!copies.quant) copies.quant = *quant;
    if (*copies.quant == **quant) copies.values.push_back({reader, 0});
  }
  return copies;
}

bool FusionFinder::is_for_products(Value value) const {
  const auto& readers = readers_[index_of(value.node)];
  const auto is_product = [&](NodeId id) { return std::holds_alternative<MatMul>(graph_.node(id).op); };
  return graph_.shape(value).size() == 4 ? !readers.empty() && std::ranges::all_of(readers, is_product)
                                         : std::ranges::any_of(readers, is_product);
}

Result<QuantParamsPtr> FusionFinder::quant_of(NodeId id) const {
  const Node& node = graph_.node(id);
  if (std::holds_alternative<FakeQuantize>(node.op) && node.outputs[0].shape.size() != 4)
    return Error{ErrorCode::kUnsupported, "the data " + to_string(node.outputs[0].shape) + " are not images [N,C,H,W]"};
  return quantization_of(id);
}

Result<QuantParamsPtr> FusionFinder::plain_quant_of(NodeId id) const {
  OCTET_ASSIGN(QuantParamsPtr quant, quantization_of(id));
  if (quant->per_channel()) return Error{ErrorCode::kUnsupported, "there is not one scale for all"};
  return quant;
}

Result<QuantParamsPtr> FusionFinder::quantization_of(NodeId id) const {
  const Node& node = graph_.node(id);
  const auto* op = std::get_if<FakeQuantize>(&node.op);
  if (!op) return Error{ErrorCode::kUnsupported, "this is no FakeQuantize"};
  std::array<const Tensor*, 4> limits{};
  for (std::size_t i = 0; i < limits.size(); ++i) {
    if (!constants_.is_constant(node.inputs[i + 1])) return Error{ErrorCode::kUnsupported, "the limits are not constant"};
    limits[i] = &constants_[node.inputs[i + 1]];
  }
  OCTET_ASSIGN(auto params, quant_params_of(*op, node.outputs[0].shape, *limits[0], *limits[1], *limits[2], *limits[3]));
  return std::make_shared<const QuantParams>(std::move(params));
}

Epilogue FusionFinder::epilogue(Value value, Takes takes) const {
  Epilogue epilogue;
  epilogue.result = value;
  if (takes.bias) {
    const auto reader = only_reader(epilogue.result);
    Value data;
    const auto* binary = reader ? std::get_if<Binary>(&graph_.node(*reader).op) : nullptr;
    const auto affine = binary && (binary->kind == BinaryKind::kAdd) ? affine_of(*reader, &data) : std::nullopt;
    if (affine) {
      epilogue.bias = affine->offset;
      epilogue.bias.resize(static_cast<std::size_t>(graph_.shape(value)[1]), affine->offset[0]);
      epilogue.absorbed.push_back(*reader);
      epilogue.result = {*reader, 0};
    }
  }
  if (const auto reader = takes.activation ? only_reader(epilogue.result) : std::nullopt) {
    const auto activation = activation_of(*reader);
    if (activation && graph_.node(*reader).inputs[0] == epilogue.result) {
      epilogue.activation = *activation;
      epilogue.absorbed.push_back(*reader);
      epilogue.result = {*reader, 0};
    }
  }
  if (takes.scale) absorb_scaled_quantization(epilogue);
  if (!epilogue.quant) absorb_quantization(epilogue);
  return epilogue;
}

// Nothing unless the product, or the sum, is quantized at once: a kernel scales and moves on the way to a byte.
void FusionFinder::absorb_scaled_quantization(Epilogue& epilogue) const {
  const auto reader = only_reader(epilogue.result);
  const auto chain = reader ? affine_chain(*reader) : std::nullopt;
  if (!chain || chain->data != epilogue.result || !is_product_and_sum(*reader, *chain)) return;
  const Affine affine = chain->affine.of_channels(graph_.shape(chain->data)[1]);
  if (std::ranges::any_of(affine.scale, [](float factor) { return !(factor > 0); })) return;
  Epilogue scaled = epilogue;
  scaled.absorbed.push_back(*reader);
  scaled.absorbed.insert(scaled.absorbed.end(), chain->absorbed.begin(), chain->absorbed.end());
  scaled.result = {chain->last, 0};
  absorb_quantization(scaled);
  if (!scaled.quant) return;
  if (std::ranges::any_of(affine.scale, [](float factor) { return factor != 1; })) scaled.scale = affine.scale;
  if (std::ranges::any_of(affine.offset, [](float offset) { return offset != 0; })) {
    auto steps = steps_of(affine.offset, *scaled.quant);
    if (!steps) return;
    scaled.steps = *std::move(steps);
  }
  epilogue = std::move(scaled);
}

// A product, a sum, or a sum behind a product.
bool FusionFinder::is_product_and_sum(NodeId first, const AffineChain& chain) const {
  const bool is_product = is_binary(graph_, {first, 0}, BinaryKind::kMultiply), is_sum = is_binary(graph_, {first, 0}, BinaryKind::kAdd);
  if (chain.absorbed.empty()) return is_product || is_sum;
  return is_product && chain.absorbed.size() == 1 && is_binary(graph_, {chain.last, 0}, BinaryKind::kAdd);
}

// All readers must be FakeQuantize nodes with the same limits, so that the float result is not needed.
void FusionFinder::absorb_quantization(Epilogue& epilogue) const {
  if (observe_.contains(epilogue.result)) return;
  if (graph_.node(epilogue.result).outputs.size() != 1) return;
  const auto& readers = readers_[index_of(epilogue.result.node)];
  if (readers.empty()) return;
  QuantParamsPtr common;
  for (const NodeId reader : readers) {
    const auto quant = quant_of(reader);
    if (!quant.ok() || (common && *common != **quant) || graph_.node(reader).inputs[0] != epilogue.result) return;
    common = *quant;
  }
  epilogue.quant = common;
  epilogue.absorbed.insert(epilogue.absorbed.end(), readers.begin(), readers.end());
  epilogue.result = {readers[0], 0};
  for (std::size_t i = 1; i < readers.size(); ++i) epilogue.same_as_result.push_back({readers[i], 0});
}

}  // namespace octet
