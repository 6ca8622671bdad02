#include "graph/op_functions.h"

#include <algorithm>

#include "graph/evaluate.h"
#include "graph/op_schema.h"

namespace octet {
namespace ops {

Types one_output(ElementType element, Shape shape) { return std::vector<TensorType>{{element, std::move(shape)}}; }
Types same_type(const Arguments& arguments) { return std::vector<TensorType>{arguments.types[0]}; }

Error malformed(std::string message) { return Error{ErrorCode::kMalformed, std::move(message)}; }
Error unsupported(std::string message) { return Error{ErrorCode::kUnsupported, std::move(message)}; }

bool is_float(ElementType type) { return type == ElementType::kF32 || type == ElementType::kF16 || type == ElementType::kF64; }

bool is_integer(ElementType type) { return !is_float(type) && type != ElementType::kBoolean; }

Status expect_rank(const Arguments& arguments, std::size_t input, std::size_t rank, std::string_view role) {
  const Shape& shape = arguments.shape(input);
  if (shape.size() == rank) return {};
  return malformed(std::string(role) + " has shape " + to_string(shape) + ", expected rank " + std::to_string(rank));
}

Status expect_one_type(const Arguments& arguments, std::string_view role, std::size_t first) {
  for (std::size_t i = first + 1; i < arguments.count(); ++i)
    if (arguments.element(i) != arguments.element(first))
      return malformed(std::string(role) + " mixes " + std::string(name_of(arguments.element(first))) + " and " +
                       std::string(name_of(arguments.element(i))));
  return {};
}

Status expect_float(const Arguments& arguments, std::string_view role) {
  if (is_float(arguments.element(0))) return expect_one_type(arguments, role);
  return unsupported(std::string(role) + " of " + std::string(name_of(arguments.element(0))) + " (only of f32, f16, f64)");
}

Status expect_numeric(const Arguments& arguments, std::string_view role) {
  if (arguments.element(0) == ElementType::kBoolean) return unsupported(std::string(role) + " of boolean");
  return expect_one_type(arguments, role);
}

Result<std::vector<std::int64_t>> integers(const Arguments& arguments, std::size_t input, std::string_view role) {
  if (arguments.shape(input).size() > 1)
    return malformed(std::string(role) + " has shape " + to_string(arguments.shape(input)) + ", expected a list");
  if (!is_integer(arguments.element(input)))
    return malformed(std::string(role) + " is of " + std::string(name_of(arguments.element(input))) + ", expected integers");
  if (!arguments.constants[input]) return unsupported(std::string(role) + " is computed; only a constant is supported");
  return to_vector<std::int64_t>(*arguments.constants[input]);
}

Result<std::size_t> normalized_axis(std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank)
    return malformed("axis " + std::to_string(axis) + " of a tensor of rank " + std::to_string(rank));
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

Result<std::vector<std::size_t>> normalized_axes(const Arguments& arguments, std::size_t input, std::size_t rank) {
  OCTET_ASSIGN(const auto values, integers(arguments, input, "the list of axes"));
  std::vector<std::size_t> axes;
  for (const std::int64_t value : values) {
    OCTET_ASSIGN(const std::size_t axis, normalized_axis(value, rank));
    axes.push_back(axis);
  }
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) return malformed("an axis is named twice");
  return axes;
}

Result<std::int64_t> single_integer(const Arguments& arguments, std::size_t input, std::string_view role) {
  OCTET_ASSIGN(const auto values, integers(arguments, input, role));
  if (values.size() != 1) return malformed("one number expected for " + std::string(role) + ", found " + std::to_string(values.size()));
  return values[0];
}

Result<std::size_t> single_axis(const Arguments& arguments, std::size_t input, std::size_t rank) {
  OCTET_ASSIGN(const std::int64_t axis, single_integer(arguments, input, "the axis"));
  return normalized_axis(axis, rank);
}

std::size_t axis_of(std::int64_t axis, const Shape& shape) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(shape.size()) : axis);
}

AxisView::AxisView(const Shape& shape, std::size_t axis) : length(shape[axis]) {
  for (std::size_t i = 0; i < axis; ++i) outer *= shape[i];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
}

namespace {

// Any place in a tensor fits 31 bits.
Status validate_output(const Shape& shape) {
  if (shape.size() > kMaxRank)
    return malformed("a shape of " + std::to_string(shape.size()) + " axes; at most " + std::to_string(kMaxRank) + " are supported");
  OCTET_RETURN_IF_ERROR(validate_shape(shape));
  if (element_count(shape) == kMaxElements) return malformed("shape " + to_string(shape) + " is too large");
  return {};
}

}  // namespace
}  // namespace ops

Result<std::vector<TensorType>> infer_types(const Op& op, std::span<const TensorType> inputs, std::span<const Tensor* const> constants) {
  OCTET_CHECK(inputs.size() == constants.size(), "one place for a constant each input");
  const OpSchema schema = schema_of(op);
  if (auto status = check_input_count(inputs.size(), schema.least_inputs, schema.most_inputs); !status.ok())
    return status.error().at(schema.name);
  const ops::Arguments arguments{inputs, constants};
  auto outputs = std::visit([&](const auto& operation) { return ops::infer(operation, arguments); }, op);
  if (!outputs.ok()) return outputs.error().at(schema.name);
  for (const TensorType& output : *outputs)
    if (auto status = ops::validate_output(output.shape); !status.ok()) return status.error().at(schema.name);
  return outputs;
}

std::vector<Tensor> evaluate(const Op& op, std::span<const Tensor> inputs, std::span<const TensorType> outputs) {
  return std::visit([&](const auto& operation) { return ops::evaluate(operation, ops::Call{inputs, outputs}); }, op);
}

}  // namespace octet
