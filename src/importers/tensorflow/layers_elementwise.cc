// Arithmetic, batch normalisation and activations. With a constant on one side, what follows a convolution goes into
// its weights; two computed values become one operation of the graph.
#include <algorithm>
#include <cmath>

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

// A constant in NHWC, of any rank up to 4, as NCHW; of an image with the channels from last to first.
Result<Tensor> nchw_from_nhwc(const NodeRecord& node, const Tensor& constant, bool reversed) {
  const Shape& shape = constant.shape();
  if (shape.size() > 4) return unsupported(node, "combines an image with a constant of shape " + to_string(shape));
  Shape nhwc(4 - shape.size(), 1);
  nhwc.insert(nhwc.end(), shape.begin(), shape.end());
  const auto from = to_vector<float>(constant);
  Tensor turned(ElementType::kF32, {nhwc[0], nhwc[3], nhwc[1], nhwc[2]});
  const auto to = turned.mutable_values<float>();
  std::size_t at = 0;
  for (std::int64_t n = 0; n < nhwc[0]; ++n)
    for (std::int64_t c = 0; c < nhwc[3]; ++c)
      for (std::int64_t cell = 0; cell < nhwc[1] * nhwc[2]; ++cell)
        to[at++] = from[static_cast<std::size_t>((n * nhwc[1] * nhwc[2] + cell) * nhwc[3] + (reversed ? nhwc[3] - 1 - c : c))];
  return turned;
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
  OCTET_ASSIGN(const Feature first, network.input(node, 0));
  OCTET_ASSIGN(const Value a, network.value(node, 0));
  OCTET_ASSIGN(const Value b, network.value(node, 1));
  OCTET_ASSIGN(Feature sum, network.append(node, Binary{*binary_kind(node.op)}, {a, b}));
  sum.is_image = first.is_image;
  return sum;
}

// The sum of any number of computed values.
Result<Feature> add_n(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(Feature sum, network.input(node, 0));
  OCTET_ASSIGN(sum.value, network.value(node, 0));
  sum.convolution.reset();
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    OCTET_ASSIGN(const Value item, network.value(node, i));
    OCTET_ASSIGN(sum, network.append(node, Binary{BinaryKind::kAdd}, {*sum.value, item}));
  }
  return sum;
}

// Inputs: data, gamma, beta, mean, variance; gamma * (x - mean) / sqrt(variance + epsilon) + beta.
Result<Feature> fused_batch_norm(const NodeRecord& node, Network& network) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 5));
  OCTET_RETURN_IF_ERROR(expect_nhwc(node));
  OCTET_ASSIGN(Feature data, network.input(node, 0));
  const std::int64_t channels = data.shape[1];
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

Result<Feature> unary(const NodeRecord& node, Network& network, Op op) {
  OCTET_ASSIGN(const Value data, network.value(node, 0));
  return network.append(node, std::move(op), {data});
}

template <UnaryKind Kind>
Result<Feature> activation(const NodeRecord& node, Network& network) {
  return unary(node, network, Unary{Kind});
}

Result<Feature> relu6(const NodeRecord& node, Network& network) { return unary(node, network, Clamp{0, 6}); }

Result<Feature> leaky_relu(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Value data, network.value(node, 0));
  OCTET_ASSIGN_AT(const float slope, attribute<float>(node, "alpha", 0.2f), place(node));
  const Value slopes = network.append_constant(Tensor::scalar(slope).reshaped({1}), node.name + "/slope");
  return network.append(node, PRelu{}, {data, slopes});
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
  OCTET_ASSIGN(Tensor tensor, nchw_from_nhwc(node, constant, data.is_image && !constant.shape().empty() && constant.shape().back() == 3));
  std::vector<Value> inputs{*data.value, network.append_constant(std::move(tensor), node.name + "/constant")};
  if (constant_input == 0) std::swap(inputs[0], inputs[1]);
  OCTET_ASSIGN(Feature result, network.append(node, Binary{*binary_kind(node.op)}, std::move(inputs)));
  result.is_image = data.is_image;
  return result;
}

std::span<const NamedLayer> elementwise_layers() { return kLayers; }

}  // namespace octet::tensorflow
