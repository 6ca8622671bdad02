// Normalisations: what follows the statistics is arithmetic, which the passes fold where they can.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "importers/onnx/rules.h"

namespace octet::onnx {
namespace {

std::vector<std::int64_t> axes_from(std::int64_t first, std::int64_t rank) {
  std::vector<std::int64_t> axes(static_cast<std::size_t>(std::max<std::int64_t>(rank - first, 0)));
  std::iota(axes.begin(), axes.end(), first);
  return axes;
}

// A list with one number a channel as [C,1,...]: along axis 1 of data of that rank.
Result<Value> along_channels(NodeImport& node, std::size_t input, std::int64_t rank) {
  if (node.rank(input) != 1) return malformed(fmt::format("input {} has shape {}, expected a list", input, to_string(node.shape(input))));
  Shape shape(static_cast<std::size_t>(std::max<std::int64_t>(rank - 1, 1)), 1);
  shape[0] = node.shape(input)[0];
  return node.reshape(node.input(input), shape);
}

// value * scale + offset, whose inputs follow the data; either may be left out.
Result<Value> scaled_and_shifted(NodeImport& node, Value value, std::optional<Value> scale, std::optional<Value> offset) {
  if (scale) {
    OCTET_ASSIGN(value, node.binary(BinaryKind::kMultiply, value, *scale));
  }
  return offset ? node.binary(BinaryKind::kAdd, value, *offset) : Result<Value>(value);
}

Result<Value> normalized(NodeImport& node, Value data, const std::vector<std::int64_t>& axes, double epsilon) {
  OCTET_ASSIGN(const Value over, node.integers_constant(axes));
  return node.value(Mvn{true, epsilon, true}, {data, over});
}

// (x - mean) / sqrt(variance + epsilon) * scale + offset with stored statistics: one factor and one offset a channel.
Result<Values> batch_normalization(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(5));
  if (node.flag("training_mode", false)) return unsupported("is in training mode; export the model for inference");
  const double epsilon = node.number("epsilon", 1e-5f);
  OCTET_RETURN_IF_ERROR(node.status());
  OCTET_ASSIGN(const auto scale, node.numbers_at(1, "scale"));
  OCTET_ASSIGN(const auto offset, node.numbers_at(2, "offset"));
  OCTET_ASSIGN(const auto mean, node.numbers_at(3, "mean"));
  OCTET_ASSIGN(const auto variance, node.numbers_at(4, "variance"));
  const std::size_t channels = scale.size();
  if (offset.size() != channels || mean.size() != channels || variance.size() != channels)
    return malformed("scale, offset, mean and variance are not equally many");
  std::vector<float> factors(channels), terms(channels);
  for (std::size_t i = 0; i < channels; ++i) {
    const double factor = scale[i] / std::sqrt(variance[i] + epsilon);
    factors[i] = static_cast<float>(factor);
    terms[i] = static_cast<float>(offset[i] - mean[i] * factor);
  }
  Shape shape(static_cast<std::size_t>(std::max<std::int64_t>(node.rank(0), 2)), 1);
  shape[1] = std::ssize(factors);
  OCTET_ASSIGN(const Value factor, node.constant(Tensor::of<float>(shape, factors)));
  OCTET_ASSIGN(const Value term, node.constant(Tensor::of<float>(shape, terms)));
  return one(scaled_and_shifted(node, node.input(0), factor, term));
}

Result<Values> instance_normalization(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  const std::int64_t rank = node.rank(0);
  OCTET_ASSIGN(const Value normal, normalized(node, node.input(0), axes_from(2, rank), node.number("epsilon", 1e-5f)));
  OCTET_ASSIGN(const Value scale, along_channels(node, 1, rank));
  OCTET_ASSIGN(const Value offset, along_channels(node, 2, rank));
  return one(scaled_and_shifted(node, normal, scale, offset));
}

Result<Values> layer_normalization(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  if (node.has_output(1) || node.has_output(2)) return unsupported("gives its mean and deviation, which is not supported");
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", -1, node.rank(0)));
  OCTET_ASSIGN(const Value normal, normalized(node, node.input(0), axes_from(axis, node.rank(0)), node.number("epsilon", 1e-5f)));
  return one(scaled_and_shifted(node, normal, node.input(1), node.has_input(2) ? std::optional(node.input(2)) : std::nullopt));
}

// ONNX Runtime's: the normalised sum of data, skip and bias, scaled and shifted, and, last, that sum.
Result<Values> skip_layer_normalization(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  if (node.has_output(1) || node.has_output(2)) return unsupported("gives its mean and deviation, which is not supported");
  OCTET_ASSIGN(Value sum, node.binary(BinaryKind::kAdd, node.input(0), node.input(1)));
  if (node.has_input(4)) {
    OCTET_ASSIGN(sum, node.binary(BinaryKind::kAdd, sum, node.input(4)));
  }
  const std::int64_t rank = std::ssize(node.shape_of(sum));
  OCTET_ASSIGN(const Value normal, normalized(node, sum, {rank - 1}, node.number("epsilon", 1e-12f)));
  OCTET_ASSIGN(const Value result,
               scaled_and_shifted(node, normal, node.input(2), node.has_input(3) ? std::optional(node.input(3)) : std::nullopt));
  return Values{{result}, {result}, {result}, {sum}};
}

// x / sqrt(mean of its squares + epsilon) * scale: RMSNormalization, which ONNX Runtime called SimplifiedLayerNormalization before it was
// ONNX's.
Result<Values> rms_normalization(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  if (node.has_output(1)) return unsupported("gives its deviation, which is not supported");
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", -1, node.rank(0)));
  const Value data = node.input(0);
  OCTET_ASSIGN(const Value squares, node.binary(BinaryKind::kMultiply, data, data));
  OCTET_ASSIGN(const Value over, node.integers_constant(axes_from(axis, node.rank(0))));
  OCTET_ASSIGN(const Value mean, node.value(Reduce{ReduceKind::kMean, true}, {squares, over}));
  OCTET_ASSIGN(const Value epsilon, node.scalar_like(node.number("epsilon", 1e-5f), mean));
  OCTET_ASSIGN(const Value variance, node.binary(BinaryKind::kAdd, mean, epsilon));
  OCTET_ASSIGN(const Value deviation, node.value(Unary{UnaryKind::kSqrt}, {variance}));
  OCTET_ASSIGN(const Value normal, node.binary(BinaryKind::kDivide, data, deviation));
  return one(node.binary(BinaryKind::kMultiply, normal, node.input(1)));
}

// Normalises [N, groups, rest]. Before opset 21 scale and offset have one number a group, then one a channel.
Result<Values> group_normalization(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  const Shape data = node.shape(0);
  const std::int64_t groups = node.integer("num_groups", 0);
  OCTET_RETURN_IF_ERROR(node.status());
  if (data.size() < 2 || groups < 1 || data[1] % groups != 0)
    return malformed(fmt::format("{} groups of data of shape {}", groups, to_string(data)));
  OCTET_ASSIGN(const Value grouped, node.reshape(node.input(0), {data[0], groups, -1}));
  OCTET_ASSIGN(Value normal, normalized(node, grouped, {2}, node.number("epsilon", 1e-5f)));
  const bool a_channel = node.shape(1) == Shape{data[1]};
  if (a_channel) {
    OCTET_ASSIGN(normal, node.reshape(normal, data));
  }
  const std::int64_t rank = a_channel ? node.rank(0) : 3;
  OCTET_ASSIGN(const Value scale, along_channels(node, 1, rank));
  OCTET_ASSIGN(const Value offset, along_channels(node, 2, rank));
  OCTET_ASSIGN(const Value result, scaled_and_shifted(node, normal, scale, offset));
  return one(node.reshape(result, data));
}

Result<Values> mean_variance_normalization(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return one(normalized(node, node.input(0), node.integers("axes", {0, 2, 3}), 1e-9));
}

// x / norm along an axis.
Result<Values> lp_normalization(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", -1, node.rank(0)));
  const std::int64_t power = node.integer("p", 2);
  if (power != 1 && power != 2) return malformed(fmt::format("attribute 'p' is {}, expected 1 or 2", power));
  OCTET_ASSIGN(const Value over, node.integers_constant({axis}));
  OCTET_ASSIGN(const Value norm, node.value(Reduce{power == 1 ? ReduceKind::kL1 : ReduceKind::kL2, true}, {node.input(0), over}));
  return one(node.binary(BinaryKind::kDivide, node.input(0), norm));
}

constexpr OperatorRule kRules[] = {
    {"BatchNormalization", batch_normalization},
    {"GroupNormalization", group_normalization},
    {"InstanceNormalization", instance_normalization},
    {"LayerNormalization", layer_normalization},
    {"LpNormalization", lp_normalization},
    {"MeanVarianceNormalization", mean_variance_normalization},
    {"RMSNormalization", rms_normalization},
    {"SimplifiedLayerNormalization", rms_normalization},
    {"SkipLayerNormalization", skip_layer_normalization, Integers::kRefuses, "com.microsoft"},
};

}  // namespace

std::span<const OperatorRule> normalization_rules() { return kRules; }

}  // namespace octet::onnx
