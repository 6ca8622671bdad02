#include "graph/op_functions.h"
#include "graph/positions.h"

// Comparisons, and what is done with their results.
namespace octet::ops {
namespace {

template <typename T>
bool holds(CompareKind kind, T a, T b) {
  switch (kind) {
    case CompareKind::kEqual:
      return a == b;
    case CompareKind::kNotEqual:
      return a != b;
    case CompareKind::kGreater:
      return a > b;
    case CompareKind::kGreaterEqual:
      return a >= b;
    case CompareKind::kLess:
      return a < b;
    case CompareKind::kLessEqual:
      return a <= b;
  }
  return false;
}

bool holds(LogicalKind kind, bool a, bool b) {
  switch (kind) {
    case LogicalKind::kAnd:
      return a && b;
    case LogicalKind::kOr:
      return a || b;
    case LogicalKind::kXor:
      return a != b;
  }
  return false;
}

// A boolean for each pair of a and b.
template <typename T, typename Predicate>
Tensor broadcast_holds(const Call& call, const std::vector<T>& a, const std::vector<T>& b, Predicate predicate) {
  const Shape& shape = call.outputs[0].shape;
  const auto from_a = broadcast_positions(call.shape(0), shape), from_b = broadcast_positions(call.shape(1), shape);
  Tensor result(ElementType::kBoolean, shape);
  const auto to = result.mutable_values<bool>();
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = predicate(a[static_cast<std::size_t>(from_a[i])], b[static_cast<std::size_t>(from_b[i])]);
  return result;
}

Status expect_boolean(const Arguments& arguments, std::size_t input, std::string_view role) {
  if (arguments.element(input) == ElementType::kBoolean) return {};
  return malformed(std::string(role) + " of " + std::string(name_of(arguments.element(input))) + ", expected boolean");
}

}  // namespace

Types infer(const Compare&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_one_type(arguments, "comparison"));
  OCTET_ASSIGN(Shape shape, broadcast(arguments.shape(0), arguments.shape(1)));
  return one_output(ElementType::kBoolean, std::move(shape));
}

Types infer(const Logical&, const Arguments& arguments) {
  for (const std::size_t i : {0, 1}) OCTET_RETURN_IF_ERROR(expect_boolean(arguments, i, "logic"));
  OCTET_ASSIGN(Shape shape, broadcast(arguments.shape(0), arguments.shape(1)));
  return one_output(ElementType::kBoolean, std::move(shape));
}

Types infer(const Select&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_boolean(arguments, 0, "condition"));
  OCTET_RETURN_IF_ERROR(expect_one_type(arguments, "choice", 1));
  OCTET_ASSIGN(const Shape choices, broadcast(arguments.shape(1), arguments.shape(2)));
  OCTET_ASSIGN(Shape shape, broadcast(arguments.shape(0), choices));
  return one_output(arguments.element(1), std::move(shape));
}

Tensors evaluate(const Compare& op, const Call& call) {
  const auto compare = [&](auto a, auto b) { return holds(op.kind, a, b); };
  if (is_float(call.inputs[0].type())) return {broadcast_holds(call, call.reals(0), call.reals(1), compare)};
  return {broadcast_holds(call, call.integers(0), call.integers(1), compare)};
}

Tensors evaluate(const Logical& op, const Call& call) {
  return {broadcast_holds(call, call.integers(0), call.integers(1),
                          [&](std::int64_t a, std::int64_t b) { return holds(op.kind, a != 0, b != 0); })};
}

Tensors evaluate(const Select&, const Call& call) {
  const Shape& shape = call.outputs[0].shape;
  const auto condition = call.integers(0);
  const auto from_condition = broadcast_positions(call.shape(0), shape);
  const auto from_then = broadcast_positions(call.shape(1), shape), from_otherwise = broadcast_positions(call.shape(2), shape);
  Tensor result(call.outputs[0].element, shape);
  const std::size_t width = size_of(result.type());
  const auto to = result.mutable_bytes();
  for (std::size_t i = 0; i < from_condition.size(); ++i) {
    const bool chosen = condition[static_cast<std::size_t>(from_condition[i])] != 0;
    const auto place = static_cast<std::size_t>(chosen ? from_then[i] : from_otherwise[i]);
    std::memcpy(&to[i * width], &call.inputs[chosen ? 1 : 2].bytes()[place * width], width);
  }
  return {result};
}

}  // namespace octet::ops
