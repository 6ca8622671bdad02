#include <cmath>

#include "importers/openvino_ir/einsum.h"
#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
namespace {

// A number of the type of the layer's first input.
Value number(LayerImport& layer, double value, std::string_view suffix) {
  return layer.constant(converted(Tensor::scalar(value), layer.element_type(0)), suffix);
}

Result<Value> add_one(LayerImport& layer, Op op, std::vector<Value> inputs) {
  OCTET_ASSIGN(const auto outputs, layer.add(std::move(op), std::move(inputs)));
  return outputs[0];
}

// 1 / sqrt(size of a query), unless the fifth input says.
Result<Value> attention_scale(LayerImport& layer) {
  if (layer.input_count() == 5) return layer.input(4);
  return number(layer, 1 / std::sqrt(static_cast<double>(layer.shape(0).back())), "/scale");
}

// A mask of booleans leaves out where it is false, another one is added.
Result<Value> masked(LayerImport& layer, Value logits) {
  if (layer.input_count() < 4) return logits;
  if (layer.element_type(3) != ElementType::kBoolean) return add_one(layer, Binary{BinaryKind::kAdd}, {logits, layer.input(3)});
  return add_one(layer, Select{}, {layer.input(3), logits, number(layer, -INFINITY, "/left_out")});
}

// Values of a constant with one for each channel of [N,C,...].
Result<std::vector<double>> channel_numbers(LayerImport& layer, std::size_t input, std::string_view role, std::int64_t channels) {
  OCTET_ASSIGN(auto values, layer.numbers(input, role));
  if (std::ssize(values) != channels) return malformed(std::string(role) + " has not one number for each channel");
  return values;
}

// opset13: softmax(query * scale x key^T + mask) x value.
Result<std::vector<Value>> import_attention(LayerImport& layer) {
  if (layer.attributes.flag("causal", false)) return unsupported("causal attention is not supported");
  if (layer.shape(0).size() < 2) return malformed("a query of shape " + to_string(layer.shape(0)));
  OCTET_ASSIGN(const Value scale, attention_scale(layer));
  OCTET_ASSIGN(const Value query, add_one(layer, Binary{BinaryKind::kMultiply}, {layer.input(0), scale}));
  OCTET_ASSIGN(const Value products, add_one(layer, MatMul{false, true}, {query, layer.input(1)}));
  OCTET_ASSIGN(const Value logits, masked(layer, products));
  OCTET_ASSIGN(const Value shares, add_one(layer, SoftMax{std::ssize(layer.shape(0)) - 1}, {logits}));
  return layer.add(MatMul{}, {shares, layer.input(2)});
}

// opset1: gamma, beta, data, mean, variance; opset5: data first.
Result<std::vector<Value>> import_batch_norm(LayerImport& layer) {
  const std::size_t data = layer.opset() == "opset5" ? 0 : 2, gamma = data == 0 ? 1 : 0, beta = gamma + 1;
  const double epsilon = layer.attributes.has("epsilon") ? layer.attributes.number("epsilon") : layer.attributes.number("eps");
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  const Shape& shape = layer.shape(data);
  if (shape.size() < 2) return malformed("data of shape " + to_string(shape));
  OCTET_ASSIGN(const auto gammas, channel_numbers(layer, gamma, "gamma", shape[1]));
  OCTET_ASSIGN(const auto betas, channel_numbers(layer, beta, "beta", shape[1]));
  OCTET_ASSIGN(const auto means, channel_numbers(layer, 3, "mean", shape[1]));
  OCTET_ASSIGN(const auto variances, channel_numbers(layer, 4, "variance", shape[1]));
  std::vector<double> scales, shifts;
  for (std::size_t c = 0; c < gammas.size(); ++c) {
    scales.push_back(gammas[c] / std::sqrt(variances[c] + epsilon));
    shifts.push_back(betas[c] - means[c] * scales[c]);
  }
  Shape channels(shape.size(), 1);
  channels[1] = shape[1];
  const ElementType type = layer.element_type(data);
  const Value scale = layer.constant(converted(Tensor::of<double>(channels, scales), type), "/scale");
  const Value shift = layer.constant(converted(Tensor::of<double>(channels, shifts), type), "/shift");
  OCTET_ASSIGN(const Value scaled, add_one(layer, Binary{BinaryKind::kMultiply}, {layer.input(data), scale}));
  return layer.add(Binary{BinaryKind::kAdd}, {scaled, shift});
}

// x - max - ln(sum of exp(x - max)), which has no logarithm of zero.
Result<std::vector<Value>> import_log_softmax(LayerImport& layer) {
  const std::int64_t axis = layer.attributes.integer("axis", 1);
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  const Value axes = layer.constant(Tensor::of<std::int64_t>({1}, {axis}), "/axis");
  OCTET_ASSIGN(const Value most, add_one(layer, Reduce{ReduceKind::kMax}, {layer.input(0), axes}));
  OCTET_ASSIGN(const Value shifted, add_one(layer, Binary{BinaryKind::kSubtract}, {layer.input(0), most}));
  OCTET_ASSIGN(const Value powers, add_one(layer, Unary{UnaryKind::kExp}, {shifted}));
  OCTET_ASSIGN(const Value sum, add_one(layer, Reduce{ReduceKind::kSum}, {powers, axes}));
  OCTET_ASSIGN(const Value logarithm, add_one(layer, Unary{UnaryKind::kLog}, {sum}));
  return layer.add(Binary{BinaryKind::kSubtract}, {shifted, logarithm});
}

// x != x
Result<std::vector<Value>> import_is_nan(LayerImport& layer) {
  return layer.add(Compare{CompareKind::kNotEqual}, {layer.input(0), layer.input(0)});
}

// x * sigmoid(beta * x)
Result<std::vector<Value>> import_swish_of_beta(LayerImport& layer) {
  OCTET_ASSIGN(const Value steeper, add_one(layer, Binary{BinaryKind::kMultiply}, {layer.input(0), layer.input(1)}));
  OCTET_ASSIGN(const Value gate, add_one(layer, Unary{UnaryKind::kSigmoid}, {steeper}));
  return layer.add(Binary{BinaryKind::kMultiply}, {layer.input(0), gate});
}

Result<std::vector<Value>> import_swish(LayerImport& layer) {
  if (layer.input_count() == 2) {
    OCTET_ASSIGN(const auto beta, layer.numbers(1, "beta"));
    if (beta.size() != 1) return malformed("beta is not one number");
    if (beta[0] != 1) return import_swish_of_beta(layer);
  }
  return layer.add(Unary{UnaryKind::kSwish}, {layer.input(0)});
}

constexpr LayerRule kRules[] = {
    {"Swish", import_swish, 1, 2},
    {"ScaledDotProductAttention", import_attention, 3, 5},
    {"BatchNormInference", import_batch_norm, 5, 5},
    {"LogSoftmax", import_log_softmax, 1, 1},
    {"Einsum", import_einsum, 2, 2},
    {"IsNaN", import_is_nan, 1, 1},
};

}  // namespace

std::span<const LayerRule> composed_rules() { return kRules; }

}  // namespace octet::openvino_ir
