// Arithmetic, comparisons and activations: each element by itself. Images stay planes; what is combined with planes becomes planes.
#include <algorithm>
#include <array>
#include <vector>

#include "importers/tflite/rules.h"

namespace octet::tflite {
namespace {

using schema::Activation;

// An operand as planes: with ones in front of what has fewer than four axes, as broadcasting has them.
Result<Value> broadcast_planes(Layer& layer, std::size_t i) {
  OCTET_ASSIGN(Shape shape, layer.shape(i));
  if (shape.size() == 4) return layer.planar(i);
  OCTET_ASSIGN(Value value, layer.plain(i));
  if (shape.empty()) return value;
  shape.insert(shape.begin(), 4 - shape.size(), 1);
  const std::string suffix = "/operand_" + std::to_string(i);
  OCTET_ASSIGN(value, layer.add(Reshape{}, {value, layer.integers(shape, suffix + "/shape")}, suffix));
  const std::vector<std::int64_t> order(std::begin(kAxisOfPlanes), std::end(kAxisOfPlanes));
  return layer.add(Transpose{}, {value, layer.integers(order, suffix + "/order")}, suffix + "/planes");
}

struct Operands {
  std::vector<Value> values;
  Layout layout = Layout::kPlain;
};

// The first `count` inputs in one form: planes if one of them lies so and none has more axes.
Result<Operands> operands(Layer& layer, std::size_t count) {
  Operands found;
  std::size_t rank = 0;
  for (std::size_t i = 0; i < count; ++i) {
    OCTET_ASSIGN(const Shape shape, layer.shape(i));
    rank = std::max(rank, shape.size());
    if (layer.layout(i) == Layout::kPlanar) found.layout = Layout::kPlanar;
  }
  if (rank > 4) found.layout = Layout::kPlain;
  for (std::size_t i = 0; i < count; ++i) {
    OCTET_ASSIGN(const Value value, found.layout == Layout::kPlanar ? broadcast_planes(layer, i) : layer.plain(i));
    found.values.push_back(value);
  }
  return found;
}

Status give_binary(Layer& layer, Op op, Activation activation = Activation::NONE) {
  OCTET_ASSIGN(Operands found, operands(layer, 2));
  OCTET_ASSIGN(const Value result, layer.add(std::move(op), std::move(found.values)));
  return layer.give(result, found.layout, activation);
}

template <BinaryKind Kind, typename Options>
Status arithmetic(Layer& layer) {
  OCTET_ASSIGN(const Options options, layer.options<Options>());
  return give_binary(layer, Binary{Kind}, options.fused_activation_function);
}

template <BinaryKind Kind>
Status binary(Layer& layer) {
  return give_binary(layer, Binary{Kind});
}

template <CompareKind Kind>
Status compare(Layer& layer) {
  return give_binary(layer, Compare{Kind});
}

template <LogicalKind Kind>
Status logical(Layer& layer) {
  return give_binary(layer, Logical{Kind});
}

// Rounded toward minus infinity.
Status floor_divide(Layer& layer) {
  OCTET_ASSIGN(Operands found, operands(layer, 2));
  OCTET_ASSIGN(Value result, layer.add(Binary{BinaryKind::kDivide}, std::move(found.values), "/quotient"));
  if (layer.graph().type(result).element != ElementType::kF32) return layer.unsupported("divides integers; octet takes floats");
  OCTET_ASSIGN(result, layer.add(Unary{UnaryKind::kFloor}, {result}));
  return layer.give(result, found.layout);
}

Status add_n(Layer& layer) {
  OCTET_ASSIGN(const Operands found, operands(layer, layer.num_inputs()));
  Value sum = found.values[0];
  for (std::size_t i = 1; i < found.values.size(); ++i) {
    OCTET_ASSIGN(sum, layer.add(Binary{BinaryKind::kAdd}, {sum, found.values[i]}));
  }
  return layer.give(sum, found.layout);
}

// Inputs: condition, then, otherwise. The older operator takes a condition of one axis for the first axis of the others.
Status select(Layer& layer) {
  OCTET_ASSIGN(const Shape condition, layer.shape(0));
  OCTET_ASSIGN(const Shape chosen, layer.shape(1));
  const bool by_row =
      layer.record().code == static_cast<std::int32_t>(BuiltinOperator::SELECT) && condition.size() == 1 && chosen.size() > 1;
  if (by_row) return layer.unsupported("chooses whole rows by its condition; octet takes a condition for each element");
  OCTET_ASSIGN(Operands found, operands(layer, 3));
  OCTET_ASSIGN(const Value result, layer.add(Select{}, std::move(found.values)));
  return layer.give(result, found.layout);
}

Status give_unary(Layer& layer, Op op) {
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  OCTET_ASSIGN(const Value result, layer.add(std::move(op), {data}));
  return layer.give(result, layout);
}

template <UnaryKind Kind>
Status unary(Layer& layer) {
  return give_unary(layer, Unary{Kind});
}

Status relu6(Layer& layer) { return give_unary(layer, Clamp{0, 6}); }
Status relu_n1_to_1(Layer& layer) { return give_unary(layer, Clamp{-1, 1}); }
Status relu_0_to_1(Layer& layer) { return give_unary(layer, Clamp{0, 1}); }
Status elu(Layer& layer) { return give_unary(layer, Elu{1}); }

Status gelu(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::GeluOptionsT>());
  return give_unary(layer, Unary{options.approximate ? UnaryKind::kGeluTanh : UnaryKind::kGelu});
}

Status rsqrt(Layer& layer) {
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  OCTET_ASSIGN(const Value root, layer.add(Unary{UnaryKind::kSqrt}, {data}, "/root"));
  OCTET_ASSIGN(const Value result, layer.add(Binary{BinaryKind::kDivide}, {layer.number(1, "/one"), root}));
  return layer.give(result, layout);
}

Status square(Layer& layer) {
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  OCTET_ASSIGN(const Value result, layer.add(Binary{BinaryKind::kMultiply}, {data, data}));
  return layer.give(result, layout);
}

Status leaky_relu(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::LeakyReluOptionsT>());
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  const Value slope = layer.graph().emit_constant(Tensor::of<float>({1}, std::vector{options.alpha}), layer.name() + "/slope");
  OCTET_ASSIGN(const Value result, layer.add(PRelu{}, {data, slope}));
  return layer.give(result, layout);
}

// Inputs: data, slopes, which broadcast from the right: max(x, 0) + slope * min(x, 0). One for each channel is octet's PReLU.
Status prelu(Layer& layer) {
  OCTET_ASSIGN(const Operands found, operands(layer, 2));
  Graph& graph = layer.graph();
  const Shape &data = graph.shape(found.values[0]), &slopes = graph.shape(found.values[1]);
  if (found.layout == Layout::kPlanar && slopes == Shape{1, data[1], 1, 1}) {
    OCTET_ASSIGN(const Value list, layer.add(Reshape{}, {found.values[1], layer.integers({data[1]}, "/slopes/shape")}, "/slopes"));
    OCTET_ASSIGN(const Value result, layer.add(PRelu{}, {found.values[0], list}));
    return layer.give(result, found.layout);
  }
  const Value zero = layer.number(0, "/zero");
  OCTET_ASSIGN(const Value above, layer.add(Binary{BinaryKind::kMaximum}, {found.values[0], zero}, "/above"));
  OCTET_ASSIGN(const Value below, layer.add(Binary{BinaryKind::kMinimum}, {found.values[0], zero}, "/below"));
  OCTET_ASSIGN(const Value scaled, layer.add(Binary{BinaryKind::kMultiply}, {below, found.values[1]}, "/scaled"));
  OCTET_ASSIGN(const Value result, layer.add(Binary{BinaryKind::kAdd}, {above, scaled}));
  return layer.give(result, found.layout);
}

constexpr NamedRule kRules[] = {
    {BuiltinOperator::ADD, 2, arithmetic<BinaryKind::kAdd, schema::AddOptionsT>},
    {BuiltinOperator::SUB, 2, arithmetic<BinaryKind::kSubtract, schema::SubOptionsT>},
    {BuiltinOperator::MUL, 2, arithmetic<BinaryKind::kMultiply, schema::MulOptionsT>},
    {BuiltinOperator::DIV, 2, arithmetic<BinaryKind::kDivide, schema::DivOptionsT>},
    {BuiltinOperator::ADD_N, 1, add_n},
    {BuiltinOperator::MAXIMUM, 2, binary<BinaryKind::kMaximum>},
    {BuiltinOperator::MINIMUM, 2, binary<BinaryKind::kMinimum>},
    {BuiltinOperator::POW, 2, binary<BinaryKind::kPower>},
    {BuiltinOperator::SQUARED_DIFFERENCE, 2, binary<BinaryKind::kSquaredDifference>},
    {BuiltinOperator::FLOOR_MOD, 2, binary<BinaryKind::kFloorMod>},
    {BuiltinOperator::FLOOR_DIV, 2, floor_divide},
    {BuiltinOperator::EQUAL, 2, compare<CompareKind::kEqual>},
    {BuiltinOperator::NOT_EQUAL, 2, compare<CompareKind::kNotEqual>},
    {BuiltinOperator::GREATER, 2, compare<CompareKind::kGreater>},
    {BuiltinOperator::GREATER_EQUAL, 2, compare<CompareKind::kGreaterEqual>},
    {BuiltinOperator::LESS, 2, compare<CompareKind::kLess>},
    {BuiltinOperator::LESS_EQUAL, 2, compare<CompareKind::kLessEqual>},
    {BuiltinOperator::LOGICAL_AND, 2, logical<LogicalKind::kAnd>},
    {BuiltinOperator::LOGICAL_OR, 2, logical<LogicalKind::kOr>},
    {BuiltinOperator::LOGICAL_NOT, 1, unary<UnaryKind::kLogicalNot>},
    {BuiltinOperator::SELECT, 3, select},
    {BuiltinOperator::SELECT_V2, 3, select},
    {BuiltinOperator::RELU, 1, unary<UnaryKind::kRelu>},
    {BuiltinOperator::RELU6, 1, relu6},
    {BuiltinOperator::RELU_N1_TO_1, 1, relu_n1_to_1},
    {BuiltinOperator::RELU_0_TO_1, 1, relu_0_to_1},
    {BuiltinOperator::LEAKY_RELU, 1, leaky_relu},
    {BuiltinOperator::PRELU, 2, prelu},
    {BuiltinOperator::ELU, 1, elu},
    {BuiltinOperator::GELU, 1, gelu},
    {BuiltinOperator::HARD_SWISH, 1, unary<UnaryKind::kHSwish>},
    {BuiltinOperator::LOGISTIC, 1, unary<UnaryKind::kSigmoid>},
    {BuiltinOperator::TANH, 1, unary<UnaryKind::kTanh>},
    {BuiltinOperator::EXP, 1, unary<UnaryKind::kExp>},
    {BuiltinOperator::LOG, 1, unary<UnaryKind::kLog>},
    {BuiltinOperator::SQRT, 1, unary<UnaryKind::kSqrt>},
    {BuiltinOperator::RSQRT, 1, rsqrt},
    {BuiltinOperator::SQUARE, 1, square},
    {BuiltinOperator::NEG, 1, unary<UnaryKind::kNegative>},
    {BuiltinOperator::ABS, 1, unary<UnaryKind::kAbs>},
    {BuiltinOperator::SIGN, 1, unary<UnaryKind::kSign>},
    {BuiltinOperator::FLOOR, 1, unary<UnaryKind::kFloor>},
    {BuiltinOperator::CEIL, 1, unary<UnaryKind::kCeiling>},
    {BuiltinOperator::ROUND, 1, unary<UnaryKind::kRound>},
    {BuiltinOperator::SIN, 1, unary<UnaryKind::kSin>},
    {BuiltinOperator::COS, 1, unary<UnaryKind::kCos>},
};

}  // namespace

std::span<const NamedRule> elementwise_rules() { return kRules; }

}  // namespace octet::tflite
