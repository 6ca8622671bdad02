// QuantizeLinear and DequantizeLinear; the operators of ONNX Runtime that compute on integers (QOperator); dynamic quantization.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "importers/onnx/quantized.h"
#include "importers/onnx/rules.h"
#include "importers/onnx/softmax.h"
#include "importers/onnx/window_operations.h"

namespace octet::onnx {
namespace {

constexpr std::string_view kRuntime = "com.microsoft";

Result<std::int64_t> quantized_axis(NodeImport& node) {
  if (node.integer("block_size", 0) != 0) return unsupported("attribute 'block_size' (blocks with a scale each) is not supported");
  const std::int64_t axis = node.integer("axis", 1), rank = node.rank(0);
  OCTET_RETURN_IF_ERROR(node.status());
  return axis < 0 ? axis + rank : axis;
}

// The type that output_dtype names where no zero point tells it.
Result<ElementType> quantized_type(NodeImport& node) {
  const auto type = static_cast<DataType>(node.integer("output_dtype", 0));
  OCTET_RETURN_IF_ERROR(node.status());
  return type == DataType::kUndefined ? ElementType::kU8 : element_type_of(type);
}

Result<Values> quantize_linear(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const std::int64_t axis, quantized_axis(node));
  OCTET_ASSIGN(const ElementType type, quantized_type(node));
  OCTET_ASSIGN(const QuantizationInputs given, quantization_at(node, 1, 2, type, axis));
  OCTET_ASSIGN(const ImportedValue result, quantized(node, node.input(0), given));
  return Values{result};
}

Result<Values> dequantize_linear(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const std::int64_t axis, quantized_axis(node));
  OCTET_ASSIGN(const QuantizationInputs given, quantization_at(node, 1, 2, node.element(0), axis));
  return one(dequantized(node, 0, given));
}

// ---- QOperator: each is the float operator between a dequantization of its inputs and a quantization of its result

// The real values of input `data`, whose scale and zero point follow it; `axis` of a list of scales.
Result<Value> real_input(NodeImport& node, std::size_t data, std::int64_t axis = 0) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(data + 2));
  OCTET_ASSIGN(const QuantizationInputs given, quantization_at(node, data + 1, data + 2, node.element(data), axis));
  return dequantized(node, data, given);
}

// `result` quantized with the scale at input `scale` and the zero point behind it.
Result<Values> quantized_result(NodeImport& node, const Result<Value>& result, std::size_t scale) {
  if (!result.ok()) return result.error();
  OCTET_ASSIGN(const QuantizationInputs given, quantization_at(node, scale, scale + 1, ElementType::kU8, 0));
  OCTET_ASSIGN(const ImportedValue quantized_value, quantized(node, *result, given));
  return Values{quantized_value};
}

// A bias of integers in steps of the product of the scales of data and weights.
Result<std::optional<Value>> real_bias(NodeImport& node, std::size_t bias, std::size_t data_scale, std::size_t weights_scale) {
  if (!node.has_input(bias)) return std::optional<Value>();
  OCTET_ASSIGN(const auto integers, node.integers_at(bias, "bias"));
  OCTET_ASSIGN(const double scale, node.number_at(data_scale, "scale"));
  OCTET_ASSIGN(const auto scales, node.numbers_at(weights_scale, "scale"));
  if (scales.size() != 1 && scales.size() != integers.size())
    return malformed(fmt::format("{} scales for {} biases", scales.size(), integers.size()));
  std::vector<float> reals;
  for (std::size_t i = 0; i < integers.size(); ++i)
    reals.push_back(static_cast<float>(static_cast<double>(integers[i]) * scale * scales[scales.size() == 1 ? 0 : i]));
  OCTET_ASSIGN(const Value value, node.constant(Tensor::of<float>({std::ssize(reals)}, reals)));
  return std::optional<Value>(value);
}

Result<Values> qlinear_conv(NodeImport& node) {
  OCTET_ASSIGN(const Value data, real_input(node, 0));
  OCTET_ASSIGN(const Value weights, real_input(node, 3, 0));
  OCTET_ASSIGN(const auto bias, real_bias(node, 8, 1, 4));
  return quantized_result(node, convolve(node, data, weights, bias), 6);
}

// Scales of a second factor lie along its columns.
Result<Values> qlinear_mat_mul(NodeImport& node) {
  OCTET_ASSIGN(const Value a, real_input(node, 0));
  OCTET_RETURN_IF_ERROR(node.expect_inputs(6));
  OCTET_ASSIGN(const Value b, real_input(node, 3, node.rank(3) - 1));
  return quantized_result(node, node.value(MatMul{}, {a, b}), 6);
}

Result<Value> q_gemm_product(NodeImport& node) {
  const bool transpose_b = node.flag("transB", false);
  OCTET_ASSIGN(const Value a, real_input(node, 0));
  OCTET_ASSIGN(const Value b, real_input(node, 3, transpose_b ? 0 : 1));
  OCTET_ASSIGN(const auto bias, real_bias(node, 6, 1, 4));
  if (node.number("alpha", 1) != 1) return unsupported("attribute 'alpha' other than 1 is not supported");
  OCTET_ASSIGN(const Value product, node.value(MatMul{node.flag("transA", false), transpose_b}, {a, b}));
  return bias ? node.binary(BinaryKind::kAdd, product, *bias) : Result<Value>(product);
}

Result<Values> q_gemm(NodeImport& node) {
  const auto product = q_gemm_product(node);
  if (product.ok() && !node.has_input(7)) return Values{{*product}};  // its result stays real
  return quantized_result(node, product, 7);
}

template <BinaryKind kKind>
Result<Values> qlinear_binary(NodeImport& node) {
  OCTET_ASSIGN(const Value a, real_input(node, 0));
  OCTET_ASSIGN(const Value b, real_input(node, 3));
  return quantized_result(node, node.binary(kKind, a, b), 6);
}

Result<Values> qlinear_sigmoid(NodeImport& node) {
  OCTET_ASSIGN(const Value data, real_input(node, 0));
  return quantized_result(node, node.value(Unary{UnaryKind::kSigmoid}, {data}), 3);
}

Result<Values> qlinear_leaky_relu(NodeImport& node) {
  OCTET_ASSIGN(const Value data, real_input(node, 0));
  OCTET_ASSIGN(const Value slope, node.constant(Tensor::of<float>({1}, {static_cast<float>(node.number("alpha", 0.01f))})));
  return quantized_result(node, node.value(PRelu{}, {data, slope}), 3);
}

Result<Values> qlinear_softmax(NodeImport& node) {
  OCTET_ASSIGN(const Value data, real_input(node, 0));
  return quantized_result(node, softmax(node, data, node.integer("opset", 13)), 3);
}

Status refuse_channels_last(NodeImport& node) {
  if (node.flag("channels_last", false)) return unsupported("attribute 'channels_last' is not supported");
  return node.status();
}

Result<Values> qlinear_average_pool(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(refuse_channels_last(node));
  OCTET_ASSIGN(const Value data, real_input(node, 0));
  return quantized_result(node, average_pool(node, data), 3);
}

Result<Values> qlinear_global_average_pool(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(refuse_channels_last(node));
  OCTET_ASSIGN(const Value data, real_input(node, 0));
  return quantized_result(node, global_average(node, data), 3);
}

// Scale and zero point of the result come first, then three inputs for each part.
Result<Values> qlinear_concat(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(5));
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", 1, node.rank(2)));
  std::vector<Value> parts;
  for (std::size_t i = 2; i < node.input_count(); i += 3) {
    OCTET_ASSIGN(const Value part, real_input(node, i));
    parts.push_back(part);
  }
  return quantized_result(node, node.value(Concat{axis}, parts), 0);
}

// ---- dynamic quantization: its integers are computed, and held as floats that are whole

struct RunTimeQuantization {
  Value integers, scale, zero_point;
};

// Scale (max - min) / 255 over a range that has 0 in it, zero point round(-min / scale), rounded half to even as everything here.
Result<RunTimeQuantization> quantized_at_run_time(NodeImport& node) {
  const Value data = node.input(0);
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 0; axis < node.rank(0); ++axis) axes.push_back(axis);
  OCTET_ASSIGN(const Value over, node.integers_constant(axes));
  OCTET_ASSIGN(const Value zero, node.scalar_like(0, data));
  OCTET_ASSIGN(const Value greatest, node.scalar_like(255, data));
  OCTET_ASSIGN(const Value low, node.value(Reduce{ReduceKind::kMin, false}, {data, over}));
  OCTET_ASSIGN(const Value high, node.value(Reduce{ReduceKind::kMax, false}, {data, over}));
  OCTET_ASSIGN(const Value least, node.binary(BinaryKind::kMinimum, low, zero));
  OCTET_ASSIGN(const Value most, node.binary(BinaryKind::kMaximum, high, zero));
  OCTET_ASSIGN(const Value width, node.binary(BinaryKind::kSubtract, most, least));
  OCTET_ASSIGN(const Value steps_of_width, node.binary(BinaryKind::kDivide, width, greatest));
  OCTET_ASSIGN(const Value smallest, node.scalar_like(std::numeric_limits<float>::min(), data));  // of zeros alone, which stay zeros
  OCTET_ASSIGN(const Value scale, node.binary(BinaryKind::kMaximum, steps_of_width, smallest));
  OCTET_ASSIGN(const Value below, node.value(Unary{UnaryKind::kNegative}, {least}));
  OCTET_ASSIGN(const Value steps_below, node.binary(BinaryKind::kDivide, below, scale));
  OCTET_ASSIGN(const Value zero_point, node.value(Unary{UnaryKind::kRound}, {steps_below}));
  OCTET_ASSIGN(const Value steps, node.binary(BinaryKind::kDivide, data, scale));
  OCTET_ASSIGN(const Value whole, node.value(Unary{UnaryKind::kRound}, {steps}));
  OCTET_ASSIGN(const Value shifted, node.binary(BinaryKind::kAdd, whole, zero_point));
  OCTET_ASSIGN(const Value integers, node.value(Clamp{0, 255}, {shifted}));
  return RunTimeQuantization{integers, scale, zero_point};
}

Result<Values> dynamic_quantize_linear(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const RunTimeQuantization quantization, quantized_at_run_time(node));
  return Values{{quantization.integers}, {quantization.scale}, {quantization.zero_point}};
}

// The integers at an input less their zero point, as floats; one zero point, or one along an axis of a factor.
Result<Value> centred(NodeImport& node, std::size_t data, std::size_t zero_point, std::int64_t axis) {
  if (node.imported(data).quantization) return unsupported("integers of static quantization in dynamic quantization are not supported");
  OCTET_ASSIGN(const Value value, node.value(Convert{ElementType::kF32}, {node.input(data)}));
  if (!node.has_input(zero_point)) return value;
  OCTET_ASSIGN(Value zero, node.value(Convert{ElementType::kF32}, {node.input(zero_point)}));
  if (const Shape zeros = node.shape_of(zero); element_count(zeros) > 1) {
    if (zeros.size() != 1) return unsupported("zero points of shape " + to_string(zeros) + " are not supported");
    Shape aligned(node.shape_of(value).size(), 1);
    aligned[static_cast<std::size_t>(axis)] = zeros[0];
    OCTET_ASSIGN(zero, node.reshape(zero, aligned));
  }
  return node.binary(BinaryKind::kSubtract, value, zero);
}

Result<Values> conv_integer(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const Value data, centred(node, 0, 2, 1));
  OCTET_ASSIGN(const Value weights, centred(node, 1, 3, 0));
  return one(convolve(node, data, weights, std::nullopt));
}

Result<Value> integer_product(NodeImport& node, std::size_t zero_point_a, std::size_t zero_point_b) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  if (node.rank(0) < 2 || node.rank(1) < 2) return unsupported("factors that are lists are not supported");
  OCTET_ASSIGN(const Value a, centred(node, 0, zero_point_a, node.rank(0) - 2));
  OCTET_ASSIGN(const Value b, centred(node, 1, zero_point_b, node.rank(1) - 1));
  return node.value(MatMul{}, {a, b});
}

Result<Values> mat_mul_integer(NodeImport& node) { return one(integer_product(node, 2, 3)); }

// A product of integers in real numbers: times the scales of both factors, and a bias where the node has one.
Result<Values> real_product(NodeImport& node, Value product, Value scale_a, Value scale_b, std::size_t bias) {
  OCTET_ASSIGN(const Value scale, node.binary(BinaryKind::kMultiply, scale_a, scale_b));
  OCTET_ASSIGN(const Value real, node.binary(BinaryKind::kMultiply, product, scale));
  return node.has_input(bias) ? one(node.binary(BinaryKind::kAdd, real, node.input(bias))) : Values{{real}};
}

// a, b, scale of a, scale of b, zero points, bias: the product in real numbers.
Result<Values> mat_mul_integer_to_float(NodeImport& node) {
  OCTET_ASSIGN(const Value product, integer_product(node, 4, 5));
  OCTET_RETURN_IF_ERROR(node.expect_inputs(4));
  return real_product(node, product, node.input(2), node.input(3), 6);
}

// a in real numbers, b, scale and zero point of b, bias: a is quantized as DynamicQuantizeLinear does it.
Result<Values> dynamic_quantize_mat_mul(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  if (node.rank(1) < 2) return unsupported("factors that are lists are not supported");
  OCTET_ASSIGN(const RunTimeQuantization quantization, quantized_at_run_time(node));
  OCTET_ASSIGN(const Value a, node.binary(BinaryKind::kSubtract, quantization.integers, quantization.zero_point));
  OCTET_ASSIGN(const Value b, centred(node, 1, 3, node.rank(1) - 1));
  OCTET_ASSIGN(const Value product, node.value(MatMul{}, {a, b}));
  return real_product(node, product, quantization.scale, node.input(2), 4);
}

constexpr OperatorRule kRules[] = {
    {"ConvInteger", conv_integer},
    {"DequantizeLinear", dequantize_linear, Integers::kReads},
    {"DequantizeLinear", dequantize_linear, Integers::kReads, kRuntime},
    {"DynamicQuantizeLinear", dynamic_quantize_linear},
    {"DynamicQuantizeMatMul", dynamic_quantize_mat_mul, Integers::kRefuses, kRuntime},
    {"MatMulInteger", mat_mul_integer},
    {"MatMulIntegerToFloat", mat_mul_integer_to_float, Integers::kRefuses, kRuntime},
    {"QGemm", q_gemm, Integers::kReads, kRuntime},
    {"QLinearAdd", qlinear_binary<BinaryKind::kAdd>, Integers::kReads, kRuntime},
    {"QLinearAveragePool", qlinear_average_pool, Integers::kReads, kRuntime},
    {"QLinearConcat", qlinear_concat, Integers::kReads, kRuntime},
    {"QLinearConv", qlinear_conv, Integers::kReads},
    {"QLinearGlobalAveragePool", qlinear_global_average_pool, Integers::kReads, kRuntime},
    {"QLinearLeakyRelu", qlinear_leaky_relu, Integers::kReads, kRuntime},
    {"QLinearMatMul", qlinear_mat_mul, Integers::kReads},
    {"QLinearMul", qlinear_binary<BinaryKind::kMultiply>, Integers::kReads, kRuntime},
    {"QLinearSigmoid", qlinear_sigmoid, Integers::kReads, kRuntime},
    {"QLinearSoftmax", qlinear_softmax, Integers::kReads, kRuntime},
    {"QuantizeLinear", quantize_linear},
    {"QuantizeLinear", quantize_linear, Integers::kRefuses, kRuntime},
};

}  // namespace

std::span<const OperatorRule> quantized_rules() { return kRules; }

}  // namespace octet::onnx
