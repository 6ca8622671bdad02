// Arithmetic, batch normalisation and activations: of values of any rank, in the order in which they lie. With a constant on one side, what
// follows a convolution goes into its weights; two computed values become one operation of the graph.
#include <algorithm>
#include <cmath>

#include "graph/positions.h"
#include "importers/tensorflow/network.h"

namespace octet::tensorflow {
namespace {

// One value a channel, or nothing where the constant varies over the image.
std::optional<std::vector<double>> channel_values(const Tensor& constant, std::int64_t channels) {
  auto values = to_vector<double>(constant);
  if (values.size() == 1) return std::vector<double>(static_cast<std::size_t>(channels), values[0]);
  if (constant.size() != channels || constant.shape().back() != channels) return std::nullopt;
  return values;
}

// y = x * scale + offset
struct Affine {
  std::vector<double> scale, offset;
};

// The node's operation on x with a constant c a channel, or nothing if it is not affine.
std::optional<Affine> affine_of(std::string_view op, bool constant_first, const std::vector<double>& c) {
  Affine affine{std::vector<double>(c.size(), 1), std::vector<double>(c.size(), 0)};
  for (std::size_t i = 0; i < c.size(); ++i) {
    double& scale = affine.scale[i];
    double& offset = affine.offset[i];
    if (op == "Add" || op == "AddV2" || op == "BiasAdd") {
      offset = c[i];
    } else if (op == "Sub") {
      scale = constant_first ? -1 : 1;
      offset = constant_first ? c[i] : -c[i];
    } else if (op == "Mul") {
      scale = c[i];
    } else if ((op == "RealDiv" || op == "Div") && !constant_first) {
      scale = 1 / c[i];
    } else {
      return std::nullopt;
    }
  }
  return affine;
}

void apply(const Affine& affine, const std::string& name, OpenConvolution& convolution) {
  for (std::size_t i = 0; i < affine.scale.size(); ++i) {
    convolution.scale[i] *= affine.scale[i];
    convolution.bias[i] = convolution.bias[i] * affine.scale[i] + affine.offset[i];
    convolution.has_bias |= convolution.bias[i] != 0;
  }
  if (std::any_of(affine.offset.begin(), affine.offset.end(), [](double offset) { return offset != 0; })) convolution.bias_name = name;
}

// A constant that is combined with `data`, its axes where those of the data lie; of an image with the channels from last to first.
Result<Tensor> laid_constant(const NodeRecord& node, const Tensor& constant, const Feature& data) {
  const std::size_t rank = data.order.size();
  if (constant.shape().size() > rank)
    return unsupported(node,
                       "combines a value of " + std::to_string(rank) + " axes with a constant of shape " + to_string(constant.shape()));
  const std::size_t missing = rank - constant.shape().size();
  Shape shape(rank, 1);
  std::vector<std::int64_t> strides(rank, 0);
  std::int64_t stride = 1;
  for (std::size_t i = rank; i-- > missing;) {
    shape[data.order[i]] = constant.shape()[i - missing];
    strides[data.order[i]] = stride;
    stride *= constant.shape()[i - missing];
  }
  std::int64_t first = 0;
  if (data.is_image) {
    first = (shape[1] - 1) * strides[1];
    strides[1] = -strides[1];
  }
  return gather_elements(converted(constant, ElementType::kF32), shape, strided_positions(shape, strides, first));
}

std::optional<BinaryKind> binary_kind(std::string_view op) {
  if (op == "Add" || op == "AddV2" || op == "BiasAdd") return BinaryKind::kAdd;
  if (op == "Sub") return BinaryKind::kSubtract;
  if (op == "Mul") return BinaryKind::kMultiply;
  if (op == "RealDiv" || op == "Div") return BinaryKind::kDivide;
  if (op == "Maximum") return BinaryKind::kMaximum;
  if (op == "Minimum") return BinaryKind::kMinimum;
  if (op == "Pow") return BinaryKind::kPower;
  return std::nullopt;
}

// Two computed values.
Result<Feature> combine(const NodeRecord& node, Network& network) {
  const Binary op{*binary_kind(node.op)};
  OCTET_ASSIGN(const Feature first, network.input(node, 0));
  OCTET_ASSIGN(const Feature second, network.input(node, 1));
  const std::size_t rank = std::max(first.order.size(), second.order.size());
  const bool are_alike = first.order.size() == second.order.size();
  OCTET_ASSIGN(const Value a, are_alike ? network.value(node, 0) : network.plain(node, 0));
  OCTET_ASSIGN(const Value b, are_alike ? network.laid(node, 1, first.order) : network.plain(node, 1));
  OCTET_ASSIGN(Feature combined, network.append(node, op, {a, b}, are_alike ? first.order : plain_order(rank)));
  combined.is_image = first.is_image && second.is_image;
  return combined;
}

Result<Feature> binary(const NodeRecord& node, Network& network) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 2));
  if (node.op == "BiasAdd") OCTET_RETURN_IF_ERROR(expect_nhwc(node));
  for (const std::size_t constant_input : {std::size_t{1}, std::size_t{0}}) {
    if (!network.is_constant(node.inputs[constant_input])) continue;
    OCTET_ASSIGN(const Tensor constant, network.constant(node, constant_input));
    OCTET_ASSIGN(Feature data, network.input(node, 1 - constant_input));
    if (!data.convolution) {
      OCTET_ASSIGN(data.value, network.value(node, 1 - constant_input));
    }
    return combine_with_constant(node, network, std::move(data), constant, constant_input);
  }
  return combine(node, network);
}

// The sum of any number of computed values.
Result<Feature> add_n(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(Feature sum, network.input(node, 0));
  OCTET_ASSIGN(sum.value, network.value(node, 0));
  sum.convolution.reset();
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    OCTET_ASSIGN(const Value item, network.laid(node, i, sum.order));
    OCTET_ASSIGN(sum, network.append(node, Binary{BinaryKind::kAdd}, {*sum.value, item}, sum.order));
  }
  return sum;
}

// Inputs: data, gamma, beta, mean, variance; gamma * (x - mean) / sqrt(variance + epsilon) + beta.
Result<Feature> fused_batch_norm(const NodeRecord& node, Network& network) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 5));
  OCTET_RETURN_IF_ERROR(expect_nhwc(node));
  OCTET_ASSIGN(Feature data, network.input(node, 0));
  if (data.order.empty()) return malformed(node, "normalises a single number");
  const std::int64_t channels = data.shape[data.order.back()];
  std::vector<double> statistics[4];
  for (std::size_t i = 0; i < 4; ++i) {
    OCTET_ASSIGN(const Tensor constant, network.constant(node, i + 1));
    if (constant.size() != channels)
      return malformed(node, "has " + std::to_string(constant.size()) + " statistics for " + std::to_string(channels) +
                                 " channels; export the graph for inference, not for training");
    statistics[i] = to_vector<double>(constant);
  }
  OCTET_ASSIGN_AT(const double epsilon, attribute<float>(node, "epsilon", 1e-4f), place(node));
  std::vector<double> scale, offset;
  for (std::size_t i = 0; i < statistics[0].size(); ++i) {
    scale.push_back(statistics[0][i] / std::sqrt(statistics[3][i] + epsilon));
    offset.push_back(statistics[1][i] - statistics[2][i] * scale.back());
  }
  if (!data.convolution) {
    OCTET_ASSIGN(data.value, network.value(node, 0));
  }
  NodeRecord step{node.name, "Mul", {}, {}};
  OCTET_ASSIGN(Feature scaled, combine_with_constant(step, network, std::move(data), Tensor::of({channels}, scale), 1));
  step.op = "Add";
  return combine_with_constant(step, network, std::move(scaled), Tensor::of({channels}, offset), 1);
}

Result<Feature> unary(const NodeRecord& node, Network& network, Op op, std::vector<Value> more = {}) {
  OCTET_ASSIGN(const Feature data, network.input(node, 0));
  OCTET_ASSIGN(const Value value, network.value(node, 0));
  more.insert(more.begin(), value);
  return network.append(node, std::move(op), std::move(more), data.order);
}

template <UnaryKind Kind>
Result<Feature> activation(const NodeRecord& node, Network& network) {
  return unary(node, network, Unary{Kind});
}

Result<Feature> relu6(const NodeRecord& node, Network& network) { return unary(node, network, Clamp{0, 6}); }

Result<Feature> leaky_relu(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN_AT(const float slope, attribute<float>(node, "alpha", 0.2f), place(node));
  return unary(node, network, PRelu{}, {network.append_constant(Tensor::scalar(slope).reshaped({1}), node.name + "/slope")});
}

Result<Feature> softmax(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Feature data, network.input(node, 0));
  if (data.order.empty()) return malformed(node, "has no axis");
  return unary(node, network, SoftMax{static_cast<std::int64_t>(data.order.back())});
}

Result<Feature> identity(const NodeRecord& node, Network& network) { return network.input(node, 0); }

constexpr NamedLayer kLayers[] = {
    {"Add", binary},
    {"AddV2", binary},
    {"AddN", add_n},
    {"BiasAdd", binary},
    {"Sub", binary},
    {"Mul", binary},
    {"RealDiv", binary},
    {"Div", binary},
    {"Maximum", binary},
    {"Minimum", binary},
    {"Pow", binary},
    {"FusedBatchNorm", fused_batch_norm},
    {"FusedBatchNormV2", fused_batch_norm},
    {"FusedBatchNormV3", fused_batch_norm},
    {"Relu", activation<UnaryKind::kRelu>},
    {"Relu6", relu6},
    {"LeakyRelu", leaky_relu},
    {"Sigmoid", activation<UnaryKind::kSigmoid>},
    {"Tanh", activation<UnaryKind::kTanh>},
    {"Softplus", activation<UnaryKind::kSoftPlus>},
    {"Exp", activation<UnaryKind::kExp>},
    {"Sqrt", activation<UnaryKind::kSqrt>},
    {"Neg", activation<UnaryKind::kNegative>},
    {"Softmax", softmax},
    {"Identity", identity},
    {"StopGradient", identity},
    {"CheckNumerics", identity},
};

}  // namespace

bool is_arithmetic(std::string_view op) { return binary_kind(op).has_value(); }

Result<Feature> combine_with_constant(const NodeRecord& node, Network& network, Feature data, const Tensor& constant,
                                      std::size_t constant_input) {
  if (constant.size() == 0) return malformed(node, "combines an image with nothing");
  if (data.convolution)
    if (const auto channels = channel_values(constant, data.shape[1]))
      if (const auto affine = affine_of(node.op, constant_input == 0, *channels)) {
        apply(*affine, node.name, *data.convolution);
        data.value.reset();
        return data;
      }
  if (!data.value) {
    auto emitted = emit(*data.convolution, network.graph());
    if (!emitted.ok()) return emitted.error().at(place(node));
    data.value = *emitted;
  }
  OCTET_ASSIGN(Tensor tensor, laid_constant(node, constant, data));
  std::vector<Value> inputs{*data.value, network.append_constant(std::move(tensor), node.name + "/constant")};
  if (constant_input == 0) std::swap(inputs[0], inputs[1]);
  OCTET_ASSIGN(Feature result, network.append(node, Binary{*binary_kind(node.op)}, std::move(inputs), data.order));
  result.is_image = data.is_image;
  return result;
}

std::span<const NamedLayer> elementwise_layers() { return kLayers; }

}  // namespace octet::tensorflow
