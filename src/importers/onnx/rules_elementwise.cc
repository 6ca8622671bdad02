// Arithmetic, comparisons, logic, activations and conversions.
#include <cmath>
#include <limits>

#include "importers/onnx/rules.h"

namespace octet::onnx {
namespace {

template <UnaryKind kKind>
Result<Values> unary(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return node.add(Unary{kKind}, {node.input(0)});
}

template <BinaryKind kKind>
Result<Values> binary(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(Binary{kKind}, {node.input(0), node.input(1)});
}

template <CompareKind kKind>
Result<Values> compare(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(Compare{kKind}, {node.input(0), node.input(1)});
}

template <LogicalKind kKind>
Result<Values> logical(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(Logical{kKind}, {node.input(0), node.input(1)});
}

// Sum, Max, Min and Mean take any number of inputs.
template <BinaryKind kKind>
Result<Value> combine_all(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(std::max<std::size_t>(node.input_count(), 1)));
  Value result = node.input(0);
  for (std::size_t i = 1; i < node.input_count(); ++i) {
    OCTET_ASSIGN(result, node.binary(kKind, result, node.input(i)));
  }
  return result;
}

template <BinaryKind kKind>
Result<Values> variadic(NodeImport& node) {
  return one(combine_all<kKind>(node));
}

Result<Values> mean(NodeImport& node) {
  OCTET_ASSIGN(const Value sum, combine_all<BinaryKind::kAdd>(node));
  OCTET_ASSIGN(const Value count, node.scalar_like(static_cast<double>(node.input_count()), sum));
  return one(node.binary(BinaryKind::kDivide, sum, count));
}

bool is_float(ElementType type) { return type == ElementType::kF32; }

// Of integers ONNX rounds toward zero, octet's graph toward minus infinity, which is the same once the rest is gone.
Result<Values> divide(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  Value dividend = node.input(0);
  if (!is_float(node.element(0))) {
    OCTET_ASSIGN(const Value rest, node.binary(BinaryKind::kMod, dividend, node.input(1)));
    OCTET_ASSIGN(dividend, node.binary(BinaryKind::kSubtract, dividend, rest));
  }
  return one(node.binary(BinaryKind::kDivide, dividend, node.input(1)));
}

Result<Values> mod(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return one(node.binary(node.flag("fmod", false) ? BinaryKind::kMod : BinaryKind::kFloorMod, node.input(0), node.input(1)));
}

// The exponent may be of another type than the base.
Result<Values> power(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const Value exponent, node.value(Convert{node.element(0)}, {node.input(1)}));
  return one(node.binary(BinaryKind::kPower, node.input(0), exponent));
}

Result<Values> reciprocal(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Value unit, node.scalar_like(1, node.input(0)));
  return one(node.binary(BinaryKind::kDivide, unit, node.input(0)));
}

// Both limits known and numbers: a Clamp. One known limit, or computed ones: Maximum and Minimum.
Result<Values> clip(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  const auto low = node.constant_at(1), high = node.constant_at(2);
  if (low && high && low->size() == 1 && high->size() == 1 && is_float(node.element(0))) {
    const double least = to_vector<double>(*low)[0], greatest = to_vector<double>(*high)[0];
    if (least <= greatest) return node.add(Clamp{least, greatest}, {node.input(0)});
  }
  Value result = node.input(0);
  for (const std::size_t i : {1, 2}) {
    if (!node.has_input(i)) continue;
    OCTET_ASSIGN(result, node.binary(i == 1 ? BinaryKind::kMaximum : BinaryKind::kMinimum, result, node.input(i)));
  }
  return Values{{result}};
}

Result<Values> leaky_relu(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Value slope, node.constant(Tensor::of<float>({1}, {static_cast<float>(node.number("alpha", 0.01f))})));
  return node.add(PRelu{}, {node.input(0), slope});
}

// ONNX aligns slopes with the last axes, octet's graph a list of them with the channels.
Result<Values> prelu(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  const Shape &data = node.shape(0), &given = node.shape(1);
  Shape slopes(data.size() - std::min(data.size(), given.size()), 1);
  slopes.insert(slopes.end(), given.begin(), given.end());
  const bool per_channel = slopes.size() == data.size() && data.size() >= 2 && slopes[1] == data[1] && element_count(slopes) == data[1];
  OCTET_ASSIGN(const Value slope, node.reshape(node.input(1), per_channel                  ? Shape{data[1]}
                                                              : element_count(slopes) == 1 ? Shape{1}
                                                                                           : slopes));
  return node.add(PRelu{}, {node.input(0), slope});
}

Result<Values> elu(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return node.add(Elu{node.number("alpha", 1)}, {node.input(0)});
}

// gamma * (x or alpha * (exp(x) - 1))
Result<Values> selu(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Value bent, node.value(Elu{node.number("alpha", 1.67326319217681884765625)}, {node.input(0)}));
  OCTET_ASSIGN(const Value gamma, node.scalar_like(node.number("gamma", 1.05070102214813232421875), bent));
  return one(node.binary(BinaryKind::kMultiply, bent, gamma));
}

// max(0, x) + min(0, alpha * (exp(x / alpha) - 1)): alpha times an Elu of x / alpha.
Result<Values> celu(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Value alpha, node.scalar_like(node.number("alpha", 1), node.input(0)));
  OCTET_ASSIGN(const Value shrunk, node.binary(BinaryKind::kDivide, node.input(0), alpha));
  OCTET_ASSIGN(const Value bent, node.value(Elu{1}, {shrunk}));
  return one(node.binary(BinaryKind::kMultiply, bent, alpha));
}

Result<Values> softsign(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Value size, node.value(Unary{UnaryKind::kAbs}, {node.input(0)}));
  OCTET_ASSIGN(const Value unit, node.scalar_like(1, size));
  OCTET_ASSIGN(const Value divisor, node.binary(BinaryKind::kAdd, size, unit));
  return one(node.binary(BinaryKind::kDivide, node.input(0), divisor));
}

Result<Values> hard_sigmoid(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Value alpha, node.scalar_like(node.number("alpha", 0.2f), node.input(0)));
  OCTET_ASSIGN(const Value beta, node.scalar_like(node.number("beta", 0.5f), node.input(0)));
  return node.add(HardSigmoid{}, {node.input(0), alpha, beta});
}

Result<Values> gelu(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  constexpr std::string_view kForms[] = {"none", "tanh"};
  const bool by_tanh = node.choice("approximate", kForms, "none") == "tanh";
  return node.add(Unary{by_tanh ? UnaryKind::kGeluTanh : UnaryKind::kGelu}, {node.input(0)});
}

// ONNX Runtime's BiasGelu, and FastGelu, which may lack the bias.
template <UnaryKind kKind>
Result<Values> biased_gelu(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  if (!node.has_input(1)) return node.add(Unary{kKind}, {node.input(0)});
  OCTET_ASSIGN(const Value sum, node.binary(BinaryKind::kAdd, node.input(0), node.input(1)));
  return node.add(Unary{kKind}, {sum});
}

// ONNX Runtime's QuickGelu and ONNX's Swish: x * sigmoid(alpha * x).
Result<Values> swish(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  const double alpha = node.number("alpha", node.node().op == "QuickGelu" ? 1.702f : 1);
  if (alpha == 1) return node.add(Unary{UnaryKind::kSwish}, {node.input(0)});
  OCTET_ASSIGN(const Value factor, node.scalar_like(alpha, node.input(0)));
  OCTET_ASSIGN(const Value scaled, node.binary(BinaryKind::kMultiply, node.input(0), factor));
  OCTET_ASSIGN(const Value gate, node.value(Unary{UnaryKind::kSigmoid}, {scaled}));
  return one(node.binary(BinaryKind::kMultiply, node.input(0), gate));
}

Result<Values> where(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  return node.add(Select{}, {node.input(0), node.input(1), node.input(2)});
}

Result<Values> is_nan(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return node.add(Compare{CompareKind::kNotEqual}, {node.input(0), node.input(0)});
}

Result<Values> cast(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  if (!node.has("to")) return malformed("has no attribute 'to'");
  const auto to = static_cast<DataType>(node.integer("to", 0));
  OCTET_RETURN_IF_ERROR(node.status());
  OCTET_ASSIGN_AT(const ElementType element, element_type_of(to), "attribute 'to'");
  return node.add(Convert{graph_element(element)}, {node.input(0)});
}

Result<Values> cast_like(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(Convert{node.element(1)}, {node.input(0)});
}

Result<Values> identity(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return Values{{node.input(0)}};
}

Result<Values> dropout(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  if (node.has_output(1)) return unsupported("gives its mask, which is not supported");
  const auto training = node.constant_at(2);
  if (node.has_input(2) && (!training || to_vector<double>(*training) != std::vector<double>{0}))
    return unsupported("is in training mode; export the model for inference");
  return Values{{node.input(0)}};
}

constexpr OperatorRule kRules[] = {
    {"Abs", unary<UnaryKind::kAbs>},
    {"Add", binary<BinaryKind::kAdd>},
    {"And", logical<LogicalKind::kAnd>},
    {"Cast", cast},
    {"CastLike", cast_like},
    {"Ceil", unary<UnaryKind::kCeiling>},
    {"BiasGelu", biased_gelu<UnaryKind::kGelu>, Integers::kRefuses, "com.microsoft"},
    {"Celu", celu},
    {"Clip", clip},
    {"Cos", unary<UnaryKind::kCos>},
    {"Div", divide},
    {"Dropout", dropout, Integers::kMoves},
    {"Elu", elu},
    {"Equal", compare<CompareKind::kEqual>},
    {"Erf", unary<UnaryKind::kErf>},
    {"Exp", unary<UnaryKind::kExp>},
    {"FastGelu", biased_gelu<UnaryKind::kGeluTanh>, Integers::kRefuses, "com.microsoft"},
    {"Floor", unary<UnaryKind::kFloor>},
    {"Gelu", gelu},
    {"Gelu", gelu, Integers::kRefuses, "com.microsoft"},
    {"Greater", compare<CompareKind::kGreater>},
    {"GreaterOrEqual", compare<CompareKind::kGreaterEqual>},
    {"HardSigmoid", hard_sigmoid},
    {"HardSwish", unary<UnaryKind::kHSwish>},
    {"Identity", identity, Integers::kMoves},
    {"IsNaN", is_nan},
    {"LeakyRelu", leaky_relu},
    {"Less", compare<CompareKind::kLess>},
    {"LessOrEqual", compare<CompareKind::kLessEqual>},
    {"Log", unary<UnaryKind::kLog>},
    {"Max", variadic<BinaryKind::kMaximum>},
    {"Mean", mean},
    {"Min", variadic<BinaryKind::kMinimum>},
    {"Mish", unary<UnaryKind::kMish>},
    {"Mod", mod},
    {"Mul", binary<BinaryKind::kMultiply>},
    {"Neg", unary<UnaryKind::kNegative>},
    {"Not", unary<UnaryKind::kLogicalNot>},
    {"Or", logical<LogicalKind::kOr>},
    {"PRelu", prelu},
    {"Pow", power},
    {"QuickGelu", swish, Integers::kRefuses, "com.microsoft"},
    {"Reciprocal", reciprocal},
    {"Relu", unary<UnaryKind::kRelu>},
    {"Round", unary<UnaryKind::kRound>},
    {"Selu", selu},
    {"Sigmoid", unary<UnaryKind::kSigmoid>},
    {"Sign", unary<UnaryKind::kSign>},
    {"Sin", unary<UnaryKind::kSin>},
    {"Softplus", unary<UnaryKind::kSoftPlus>},
    {"Softsign", softsign},
    {"Sqrt", unary<UnaryKind::kSqrt>},
    {"Sub", binary<BinaryKind::kSubtract>},
    {"Sum", variadic<BinaryKind::kAdd>},
    {"Swish", swish},
    {"Tanh", unary<UnaryKind::kTanh>},
    {"Where", where},
    {"Xor", logical<LogicalKind::kXor>},
};

}  // namespace

std::span<const OperatorRule> elementwise_rules() { return kRules; }

}  // namespace octet::onnx
