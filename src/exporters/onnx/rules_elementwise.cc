#include <cmath>
#include <numbers>

#include "exporters/onnx/rules.h"
#include "graph/patterns.h"

// What works on each element by itself.
namespace octet::onnx {
namespace {

bool is_float(ElementType type) { return type == ElementType::kF32 || type == ElementType::kF16 || type == ElementType::kF64; }

// Empty for what is no single operation of ONNX.
std::string_view name_of(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::kRelu:
      return "Relu";
    case UnaryKind::kSigmoid:
      return "Sigmoid";
    case UnaryKind::kTanh:
      return "Tanh";
    case UnaryKind::kExp:
      return "Exp";
    case UnaryKind::kSqrt:
      return "Sqrt";
    case UnaryKind::kAbs:
      return "Abs";
    case UnaryKind::kNegative:
      return "Neg";
    case UnaryKind::kFloor:
      return "Floor";
    case UnaryKind::kSoftPlus:
      return "Softplus";
    case UnaryKind::kHSwish:
      return "HardSwish";
    case UnaryKind::kLog:
      return "Log";
    case UnaryKind::kErf:
      return "Erf";
    case UnaryKind::kCeiling:
      return "Ceil";
    case UnaryKind::kSign:
      return "Sign";
    case UnaryKind::kRound:
      return "Round";
    case UnaryKind::kSin:
      return "Sin";
    case UnaryKind::kCos:
      return "Cos";
    case UnaryKind::kLogicalNot:
      return "Not";
    case UnaryKind::kMish:
    case UnaryKind::kSwish:
    case UnaryKind::kHSigmoid:
    case UnaryKind::kGelu:
    case UnaryKind::kGeluTanh:
      return {};
  }
  return {};
}

std::string_view name_of(BinaryKind kind) {
  switch (kind) {
    case BinaryKind::kAdd:
      return "Add";
    case BinaryKind::kSubtract:
      return "Sub";
    case BinaryKind::kMultiply:
      return "Mul";
    case BinaryKind::kDivide:
      return "Div";
    case BinaryKind::kMaximum:
      return "Max";
    case BinaryKind::kMinimum:
      return "Min";
    case BinaryKind::kPower:
      return "Pow";
    case BinaryKind::kMod:
    case BinaryKind::kFloorMod:
      return "Mod";
    case BinaryKind::kSquaredDifference:
      return {};
  }
  return {};
}

std::string_view name_of(LogicalKind kind) {
  switch (kind) {
    case LogicalKind::kAnd:
      return "And";
    case LogicalKind::kOr:
      return "Or";
    case LogicalKind::kXor:
      return "Xor";
  }
  return {};
}

// NotEqual is the opposite of Equal.
std::string_view name_of(CompareKind kind) {
  switch (kind) {
    case CompareKind::kEqual:
    case CompareKind::kNotEqual:
      return "Equal";
    case CompareKind::kGreater:
      return "Greater";
    case CompareKind::kGreaterEqual:
      return "GreaterOrEqual";
    case CompareKind::kLess:
      return "Less";
    case CompareKind::kLessEqual:
      return "LessOrEqual";
  }
  return {};
}

// x / 2 * (1 + gate)
Status gated_half(NodeExport& to, const std::string& gate) {
  const std::string half = to.step("Mul", {to.input(0), to.number(0.5)});
  return to.result("Mul", {half, to.step("Add", {gate, to.number(1)})});
}

std::string erf_gate(NodeExport& to) { return to.step("Erf", {to.step("Mul", {to.input(0), to.number(1 / std::numbers::sqrt2)})}); }

std::string tanh_gate(NodeExport& to) {
  const std::string x = to.input(0), cube = to.step("Mul", {to.step("Mul", {x, x}), x});
  const std::string sum = to.step("Add", {x, to.step("Mul", {cube, to.number(0.044715)})});
  return to.step("Tanh", {to.step("Mul", {sum, to.number(std::sqrt(2 / std::numbers::pi))})});
}

}  // namespace

Status write(const Binary& op, NodeExport& to) {
  if (op.kind == BinaryKind::kDivide && !is_float(to.element(0)))
    return to.unsupported("integers, which ONNX divides toward zero and OpenVINO toward minus infinity");
  if (op.kind == BinaryKind::kSquaredDifference) {
    const std::string difference = to.step("Sub", to.inputs());
    return to.result("Mul", {difference, difference});
  }
  if (op.kind == BinaryKind::kMod) return to.result("Mod", to.inputs(), {{"fmod", std::int64_t{1}}});
  if (op.kind == BinaryKind::kFloorMod && is_float(to.element(0))) {  // ONNX has it of integers only
    const std::string whole = to.step("Floor", {to.step("Div", to.inputs())});
    return to.result("Sub", {to.input(0), to.step("Mul", {whole, to.input(1)})});
  }
  return to.result(name_of(op.kind), to.inputs());
}

Status write(const Compare& op, NodeExport& to) {
  if (op.kind == CompareKind::kNotEqual) return to.result("Not", {to.step("Equal", to.inputs())});
  return to.result(name_of(op.kind), to.inputs());
}

Status write(const Logical& op, NodeExport& to) { return to.result(name_of(op.kind), to.inputs()); }
Status write(const Select&, NodeExport& to) { return to.result("Where", to.inputs()); }

Status write(const Unary& op, NodeExport& to) {
  const std::string x = to.input(0);
  switch (op.kind) {
    case UnaryKind::kSwish:
      return to.result("Mul", {x, to.step("Sigmoid", {x})});
    case UnaryKind::kMish:
      return to.result("Mul", {x, to.step("Tanh", {to.step("Softplus", {x})})});
    case UnaryKind::kHSigmoid:
      return to.result("HardSigmoid", {x}, {{"alpha", 1.0f / 6}, {"beta", 0.5f}});
    case UnaryKind::kGelu:
      return gated_half(to, erf_gate(to));
    case UnaryKind::kGeluTanh:
      return gated_half(to, tanh_gate(to));
    default:
      return to.result(name_of(op.kind), {x});
  }
}

Status write(const Clamp& op, NodeExport& to) {
  const auto limit = [&](double value) { return std::isinf(value) ? std::string() : to.number(value); };
  Names inputs{to.input(0), limit(op.min), limit(op.max)};
  while (inputs.back().empty()) inputs.pop_back();
  return to.result("Clip", inputs);
}

// ONNX broadcasts the slope from the right, where a list here lies along the channels.
Status write(const PRelu&, NodeExport& to) {
  const Shape &data = to.shape(0), &slope = to.shape(1);
  const Tensor* constant = to.constant(1);
  if (constant && constant->size() == 1) {
    const float alpha = to_vector<float>(*constant)[0];
    return to.result("LeakyRelu", {to.input(0)}, {{"alpha", alpha}});
  }
  const bool per_channel = slope.size() == 1 && data.size() > 2 && slope[0] == data[1];
  if (!per_channel) return to.result("PRelu", to.inputs());
  Shape shape(data.size() - 1, 1);
  shape[0] = slope[0];
  if (constant) return to.result("PRelu", {to.input(0), to.constant(constant->reshaped(shape), "slope")});
  return to.result("PRelu", {to.input(0), to.step("Reshape", {to.input(1), to.list(shape, "shape")})});
}

Status write(const Elu& op, NodeExport& to) { return to.result("Elu", {to.input(0)}, {{"alpha", static_cast<float>(op.alpha)}}); }

Status write(const HardSigmoid&, NodeExport& to) {
  const Tensor *alpha = to.constant(1), *beta = to.constant(2);
  if (!alpha || !beta) return to.unsupported("a slope or an offset that is computed");
  return to.result("HardSigmoid", {to.input(0)}, {{"alpha", to_vector<float>(*alpha)[0]}, {"beta", to_vector<float>(*beta)[0]}});
}

Status write(const Convert& op, NodeExport& to) { return to.result("Cast", {to.input(0)}, {{"to", std::int64_t{data_type_of(op.type)}}}); }

}  // namespace octet::onnx
