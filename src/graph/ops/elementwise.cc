#include <algorithm>
#include <cmath>
#include <numbers>

#include "graph/op_functions.h"
#include "graph/positions.h"

namespace octet::ops {
namespace {

double floor_mod(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

double apply(BinaryKind kind, double a, double b) {
  switch (kind) {
    case BinaryKind::kAdd:
      return a + b;
    case BinaryKind::kSubtract:
      return a - b;
    case BinaryKind::kMultiply:
      return a * b;
    case BinaryKind::kDivide:
      return a / b;
    case BinaryKind::kMaximum:
      return std::max(a, b);
    case BinaryKind::kMinimum:
      return std::min(a, b);
    case BinaryKind::kPower:
      return std::pow(a, b);
    case BinaryKind::kMod:
      return std::fmod(a, b);
    case BinaryKind::kFloorMod:
      return floor_mod(a, b);
    case BinaryKind::kSquaredDifference:
      return (a - b) * (a - b);
  }
  return 0;
}

// Rounds toward minus infinity, as OpenVINO and Python do; anything divided by zero is zero.
std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a));
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

// What floor_divide leaves, or a division rounded toward zero. Nothing is left of a division by zero.
std::int64_t remainder(std::int64_t a, std::int64_t b, bool of_floor) {
  if (b == 0 || b == -1) return 0;
  const std::int64_t rest = a % b;
  return of_floor && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

// Sums and products that leave int64 wrap.
std::int64_t apply(BinaryKind kind, std::int64_t a, std::int64_t b) {
  const auto wrap_a = static_cast<std::uint64_t>(a), wrap_b = static_cast<std::uint64_t>(b);
  switch (kind) {
    case BinaryKind::kAdd:
      return static_cast<std::int64_t>(wrap_a + wrap_b);
    case BinaryKind::kSubtract:
      return static_cast<std::int64_t>(wrap_a - wrap_b);
    case BinaryKind::kMultiply:
      return static_cast<std::int64_t>(wrap_a * wrap_b);
    case BinaryKind::kDivide:
      return floor_divide(a, b);
    case BinaryKind::kMaximum:
      return std::max(a, b);
    case BinaryKind::kMinimum:
      return std::min(a, b);
    case BinaryKind::kPower: {
      const double power = std::pow(static_cast<double>(a), static_cast<double>(b));
      return to_vector<std::int64_t>(Tensor::scalar(power))[0];
    }
    case BinaryKind::kMod:
      return remainder(a, b, false);
    case BinaryKind::kFloorMod:
      return remainder(a, b, true);
    case BinaryKind::kSquaredDifference:
      return static_cast<std::int64_t>((wrap_a - wrap_b) * (wrap_a - wrap_b));
  }
  return 0;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double soft_plus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
double gelu(double x) { return x * 0.5 * (1 + std::erf(x / std::numbers::sqrt2)); }
double gelu_tanh(double x) { return x * 0.5 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x))); }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
double hard_ramp(double x) { return std::min(std::max(x + 3, 0.0), 6.0) / 6; }

double apply(UnaryKind kind, double x) {
  switch (kind) {
    case UnaryKind::kRelu:
      return x > 0 ? x : 0;
    case UnaryKind::kSigmoid:
      return sigmoid(x);
    case UnaryKind::kTanh:
      return std::tanh(x);
    case UnaryKind::kExp:
      return std::exp(x);
    case UnaryKind::kSqrt:
      return std::sqrt(x);
    case UnaryKind::kAbs:
      return std::fabs(x);
    case UnaryKind::kNegative:
      return -x;
    case UnaryKind::kFloor:
      return std::floor(x);
    case UnaryKind::kSoftPlus:
      return soft_plus(x);
    case UnaryKind::kMish:
      return x * std::tanh(soft_plus(x));
    case UnaryKind::kSwish:
      return x * sigmoid(x);
    case UnaryKind::kHSwish:
      return x * hard_ramp(x);
    case UnaryKind::kHSigmoid:
      return hard_ramp(x);
    case UnaryKind::kLog:
      return std::log(x);
    case UnaryKind::kErf:
      return std::erf(x);
    case UnaryKind::kCeiling:
      return std::ceil(x);
    case UnaryKind::kSign:
      return sign(x);
    case UnaryKind::kRound:
      return std::nearbyint(x);
    case UnaryKind::kGelu:
      return gelu(x);
    case UnaryKind::kGeluTanh:
      return gelu_tanh(x);
    case UnaryKind::kSin:
      return std::sin(x);
    case UnaryKind::kCos:
      return std::cos(x);
    case UnaryKind::kLogicalNot:
      return x == 0;
  }
  return 0;
}

// infer_types lets only these five through for integers, the last of them for boolean.
std::int64_t apply(UnaryKind kind, std::int64_t x) {
  if (kind == UnaryKind::kLogicalNot) return x == 0;
  if (kind == UnaryKind::kSign) return (x > 0) - (x < 0);
  if (kind == UnaryKind::kRelu) return std::max<std::int64_t>(x, 0);
  if (kind == UnaryKind::kAbs && x >= 0) return x;
  return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(x));
}

template <typename T>
Tensor broadcast_apply(BinaryKind kind, const Call& call, const std::vector<T>& a, const std::vector<T>& b) {
  const Shape& shape = call.outputs[0].shape;
  const auto from_a = broadcast_positions(call.shape(0), shape), from_b = broadcast_positions(call.shape(1), shape);
  std::vector<T> result(from_a.size());
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = apply(kind, a[static_cast<std::size_t>(from_a[i])], b[static_cast<std::size_t>(from_b[i])]);
  return rounded<T>(call.outputs[0], result);
}

}  // namespace

Types infer(const HardSigmoid&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "function"));
  for (const std::size_t i : {1, 2})
    if (element_count(arguments.shape(i)) != 1)
      return malformed(std::string(i == 1 ? "alpha" : "beta") + " has shape " + to_string(arguments.shape(i)) + ", expected one number");
  return same_type(arguments);
}

Types infer(const Convert& op, const Arguments& arguments) { return one_output(op.type, arguments.shape(0)); }

Types infer(const Binary&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_numeric(arguments, "arithmetic"));
  OCTET_ASSIGN(Shape shape, broadcast(arguments.shape(0), arguments.shape(1)));
  return one_output(arguments.element(0), std::move(shape));
}

Types infer(const Unary& op, const Arguments& arguments) {
  if (op.kind == UnaryKind::kLogicalNot) {
    if (arguments.element(0) != ElementType::kBoolean) return malformed("logic of " + std::string(name_of(arguments.element(0))));
    return same_type(arguments);
  }
  OCTET_RETURN_IF_ERROR(expect_numeric(arguments, "arithmetic"));
  using enum UnaryKind;
  const bool exact = op.kind == kRelu || op.kind == kAbs || op.kind == kNegative || op.kind == kSign;
  if (!exact) OCTET_RETURN_IF_ERROR(expect_float(arguments, "function"));
  return same_type(arguments);
}

Types infer(const Clamp& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_numeric(arguments, "arithmetic"));
  if (!(op.min <= op.max)) return malformed("min " + std::to_string(op.min) + " is above max " + std::to_string(op.max));
  return same_type(arguments);
}

Types infer(const Elu&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "function"));
  return same_type(arguments);
}

Types infer(const PRelu&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "function"));
  const Shape &data = arguments.shape(0), &slope = arguments.shape(1);
  const bool per_channel = slope.size() == 1 && data.size() >= 2 && slope[0] == data[1];
  if (!per_channel) {
    OCTET_ASSIGN(const Shape shape, broadcast(data, slope));
    if (shape != data) return malformed("slope " + to_string(slope) + " does not fit data " + to_string(data));
  }
  return same_type(arguments);
}

Tensors evaluate(const Binary& op, const Call& call) {
  if (is_float(call.inputs[0].type())) return {broadcast_apply(op.kind, call, call.reals(0), call.reals(1))};
  return {broadcast_apply(op.kind, call, call.integers(0), call.integers(1))};
}

Tensors evaluate(const Unary& op, const Call& call) {
  const auto each = [&](auto values) {
    for (auto& value : values) value = apply(op.kind, value);
    return Tensors{rounded<typename decltype(values)::value_type>(call.outputs[0], values)};
  };
  return is_float(call.inputs[0].type()) ? each(call.reals(0)) : each(call.integers(0));
}

Tensors evaluate(const Clamp& op, const Call& call) {
  auto values = call.reals(0);
  const bool integer = !is_float(call.inputs[0].type());
  const double low = integer ? std::ceil(op.min) : op.min, high = integer ? std::floor(op.max) : op.max;
  for (double& value : values) value = std::min(std::max(value, low), high);
  return {rounded<double>(call.outputs[0], values)};
}

Tensors evaluate(const PRelu&, const Call& call) {
  auto values = call.reals(0);
  const auto slopes = call.reals(1);
  const Shape& data = call.shape(0);
  Shape slope = call.shape(1);
  if (slope.size() == 1 && data.size() >= 2 && slope[0] == data[1]) slope.resize(data.size() - 1, 1);  // the channel axis
  const auto from_slope = broadcast_positions(slope, data);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] < 0) values[i] *= slopes[static_cast<std::size_t>(from_slope[i])];
  return {rounded<double>(call.outputs[0], values)};
}

Tensors evaluate(const Elu& op, const Call& call) {
  auto values = call.reals(0);
  for (double& value : values)
    if (value < 0) value = op.alpha * std::expm1(value);
  return {rounded<double>(call.outputs[0], values)};
}

Tensors evaluate(const HardSigmoid&, const Call& call) {
  auto values = call.reals(0);
  const double alpha = call.reals(1)[0], beta = call.reals(2)[0];
  for (double& value : values) value = std::max(0.0, std::min(1.0, alpha * value + beta));
  return {rounded<double>(call.outputs[0], values)};
}

Tensors evaluate(const Convert& op, const Call& call) { return {converted(call.inputs[0], op.type)}; }

}  // namespace octet::ops
