#include <algorithm>
#include <limits>

#include "graph/infer.h"

namespace octet {
namespace infer {

Error malformed(std::string message) { return Error{ErrorCode::kMalformed, std::move(message)}; }
Error unsupported(std::string message) { return Error{ErrorCode::kUnsupported, std::move(message)}; }

bool is_float(ElementType type) { return type == ElementType::kF32 || type == ElementType::kF16 || type == ElementType::kF64; }

bool is_integer(ElementType type) { return !is_float(type) && type != ElementType::kBoolean; }

Status expect_rank(const Arguments& arguments, std::size_t input, std::size_t rank, std::string_view role) {
  const Shape& shape = arguments.shape(input);
  if (shape.size() == rank) return {};
  return malformed(std::string(role) + " has shape " + to_string(shape) + ", expected rank " + std::to_string(rank));
}

namespace {

Status expect_same(const Arguments& arguments, std::string_view role) {
  for (std::size_t i = 1; i < arguments.count(); ++i)
    if (arguments.element(i) != arguments.element(0))
      return malformed(std::string(role) + " mixes " + std::string(name_of(arguments.element(0))) + " and " +
                       std::string(name_of(arguments.element(i))));
  return {};
}

}  // namespace

Status expect_float(const Arguments& arguments, std::string_view role) {
  if (is_float(arguments.element(0))) return expect_same(arguments, role);
  return unsupported(std::string(role) + " of " + std::string(name_of(arguments.element(0))) + " (only of f32, f16, f64)");
}

Status expect_numeric(const Arguments& arguments, std::string_view role) {
  if (arguments.element(0) == ElementType::kBoolean) return unsupported(std::string(role) + " of boolean");
  return expect_same(arguments, role);
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

Result<std::size_t> single_axis(const Arguments& arguments, std::size_t input, std::size_t rank) {
  OCTET_ASSIGN(const auto values, integers(arguments, input, "the axis"));
  if (values.size() != 1) return malformed("one axis expected, found " + std::to_string(values.size()));
  return normalized_axis(values[0], rank);
}

Types infer(const Parameter& op, const Arguments&) { return std::vector<TensorType>{{op.type, op.shape}}; }
Types infer(const Constant& op, const Arguments&) { return std::vector<TensorType>{{op.value.type(), op.value.shape()}}; }
Types infer(const Output&, const Arguments& arguments) { return std::vector<TensorType>{arguments.types[0]}; }

namespace {

struct InputCount {
  std::size_t least, most;
};

struct CountInputs {
  InputCount operator()(const Parameter&) const { return {0, 0}; }
  InputCount operator()(const Constant&) const { return {0, 0}; }
  InputCount operator()(const Convolution&) const { return {2, 2}; }
  InputCount operator()(const GroupConvolution&) const { return {2, 2}; }
  InputCount operator()(const MatMul&) const { return {2, 2}; }
  InputCount operator()(const Binary&) const { return {2, 2}; }
  InputCount operator()(const PRelu&) const { return {2, 2}; }
  InputCount operator()(const Concat&) const { return {1, std::numeric_limits<std::size_t>::max()}; }
  InputCount operator()(const VariadicSplit&) const { return {3, 3}; }
  InputCount operator()(const Split&) const { return {2, 2}; }
  InputCount operator()(const StridedSlice&) const { return {3, 4}; }
  InputCount operator()(const Reshape&) const { return {2, 2}; }
  InputCount operator()(const Transpose&) const { return {2, 2}; }
  InputCount operator()(const Squeeze&) const { return {1, 2}; }
  InputCount operator()(const Unsqueeze&) const { return {2, 2}; }
  InputCount operator()(const Interpolate&) const { return {2, 2}; }
  InputCount operator()(const FakeQuantize&) const { return {5, 5}; }
  InputCount operator()(const PriorBoxClustered&) const { return {2, 2}; }
  InputCount operator()(const DetectionOutput&) const { return {3, 3}; }
  InputCount operator()(const ReduceMean&) const { return {2, 2}; }
  InputCount operator()(const Pad&) const { return {3, 4}; }
  InputCount operator()(const Gather&) const { return {3, 3}; }
  InputCount operator()(const Output&) const { return {1, 1}; }
  InputCount operator()(const Unary&) const { return {1, 1}; }
  InputCount operator()(const Clamp&) const { return {1, 1}; }
  InputCount operator()(const SoftMax&) const { return {1, 1}; }
  InputCount operator()(const MaxPool&) const { return {1, 1}; }
  InputCount operator()(const AvgPool&) const { return {1, 1}; }
  InputCount operator()(const Convert&) const { return {1, 1}; }
  InputCount operator()(const ReorgYolo&) const { return {1, 1}; }
  InputCount operator()(const ShapeOf&) const { return {1, 1}; }
};

// Any place in a tensor fits 31 bits.
Status validate_output(const Shape& shape) {
  if (shape.size() > kMaxRank)
    return malformed("a shape of " + std::to_string(shape.size()) + " axes; at most " + std::to_string(kMaxRank) + " are supported");
  OCTET_RETURN_IF_ERROR(validate_shape(shape));
  if (element_count(shape) == kMaxElements) return malformed("shape " + to_string(shape) + " is too large");
  return {};
}

}  // namespace
}  // namespace infer

Result<std::vector<TensorType>> infer_types(const Op& op, std::span<const TensorType> inputs, std::span<const Tensor* const> constants) {
  OCTET_CHECK(inputs.size() == constants.size(), "one place for a constant each input");
  const auto [least, most] = std::visit(infer::CountInputs{}, op);
  if (inputs.size() < least || inputs.size() > most)
    return infer::malformed(std::string(type_name(op)) + " has " + std::to_string(inputs.size()) + " inputs, expected " +
                            (inputs.size() < least ? "at least " + std::to_string(least) : "at most " + std::to_string(most)));
  const infer::Arguments arguments{inputs, constants};
  auto outputs = std::visit([&](const auto& operation) { return infer::infer(operation, arguments); }, op);
  if (!outputs.ok()) return outputs.error().at(type_name(op));
  for (const TensorType& output : *outputs)
    if (auto status = infer::validate_output(output.shape); !status.ok()) return status.error().at(type_name(op));
  return outputs;
}

}  // namespace octet
