#include "importers/onnx/node_import.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/evaluate.h"
#include "graph/op_schema.h"

namespace octet::onnx {
namespace {

constexpr std::int64_t kMaxFoldedElements = std::int64_t{1} << 22;  // of one input or result

// The inputs where all are small constants.
std::optional<std::vector<Tensor>> small_constants(const Graph& graph, std::span<const Value> inputs) {
  std::vector<Tensor> values;
  for (const Value input : inputs) {
    const Tensor* value = graph.constant(input);
    if (!value || value->size() > kMaxFoldedElements) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

// Errors name the file's node; what the graph puts in front says the same again.
Error without_place(Error error) {
  if (error.message.starts_with("node '"))
    if (const std::size_t end = error.message.find("': "); end != std::string::npos) error.message.erase(0, end + 3);
  return error;
}

}  // namespace

Status GraphBuilder::charge(std::int64_t elements) {
  if (elements > kMaxFolded - folded_) return unsupported("makes more of constants than octet takes");
  folded_ += elements;
  return {};
}

Result<Values> GraphBuilder::add(Op op, const std::vector<Value>& inputs, const std::string& name) {
  if (schema_of(op).traits.is_cheap)
    if (const auto constants = small_constants(graph, inputs)) {
      OCTET_ASSIGN(const auto types, infer_types(op, *constants));
      std::int64_t elements = 0;
      for (const TensorType& type : types) elements += std::max(element_count(type.shape), std::int64_t{1});
      if (elements <= kMaxFoldedElements && charge(elements).ok()) return add_constants(evaluate(op, *constants, types), name);
    }
  auto added = graph.add(std::move(op), inputs, name);
  if (!added.ok()) return without_place(added.error());
  Values results;
  for (std::uint32_t port = 0; port < graph.node(*added).outputs.size(); ++port) results.push_back({Value{*added, port}});
  return results;
}

Result<Values> GraphBuilder::add_constants(std::vector<Tensor> values, const std::string& name) {
  Values results;
  for (Tensor& value : values) {
    OCTET_ASSIGN(const Value added, constant(std::move(value), name));
    results.push_back({added});
  }
  return results;
}

Result<Value> GraphBuilder::add_stored(Op op, std::vector<Value> inputs, const std::string& name) {
  auto added = graph.add(std::move(op), std::move(inputs), name);
  if (!added.ok()) return without_place(added.error());
  return Value{*added, 0};
}

Result<Value> GraphBuilder::constant(Tensor value, const std::string& name) {
  return add_stored(Constant{std::move(value)}, {}, name + "/constant");
}

Status NodeImport::expect_inputs(std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i)
    if (!has_input(i)) return malformed(fmt::format("has no input {}, of {} at least", i, count));
  return {};
}

const ImportedValue& NodeImport::imported(std::size_t i) const {
  OCTET_CHECK(has_input(i), "a rule reads an input that it did not ask for");
  return *inputs_[i];
}

std::vector<Value> NodeImport::all_inputs() const {
  std::vector<Value> values;
  for (const auto& input : inputs_)
    if (input) values.push_back(input->value);
  return values;
}

std::optional<Tensor> NodeImport::constant_at(std::size_t i) const {
  const Tensor* constant = has_input(i) ? graph().constant(input(i)) : nullptr;
  return constant ? std::optional(*constant) : std::nullopt;
}

Result<Tensor> NodeImport::known(std::size_t i, std::string_view role) const {
  if (!has_input(i)) return malformed(fmt::format("has no input {} ({})", i, role));
  if (auto value = constant_at(i)) return *std::move(value);
  return unsupported(fmt::format("{} (input {}) depends on the picture; only what is known beforehand is supported", role, i));
}

Result<std::vector<std::int64_t>> NodeImport::integers_at(std::size_t i, std::string_view role) const {
  OCTET_ASSIGN(const Tensor value, known(i, role));
  return to_vector<std::int64_t>(value);
}

Result<std::vector<double>> NodeImport::numbers_at(std::size_t i, std::string_view role) const {
  OCTET_ASSIGN(const Tensor value, known(i, role));
  return to_vector<double>(value);
}

Result<double> NodeImport::number_at(std::size_t i, std::string_view role) const {
  OCTET_ASSIGN(const auto values, numbers_at(i, role));
  if (values.size() != 1) return malformed(fmt::format("{} (input {}) has {} values, expected one", role, i, values.size()));
  return values[0];
}

template <typename T>
const T* NodeImport::find(std::string_view attribute, std::string_view expected) {
  const auto found = node_.attributes.find(attribute);
  if (found == node_.attributes.end()) return nullptr;
  const T* value = std::get_if<T>(&found->second);
  if (!value && status_.ok())
    status_ = malformed(fmt::format("attribute '{}' is {}, expected {}", attribute, kind_of(found->second), expected));
  return value;
}

std::int64_t NodeImport::integer(std::string_view attribute, std::int64_t otherwise) {
  const auto* value = find<std::int64_t>(attribute, "a whole number");
  return value ? *value : otherwise;
}

double NodeImport::number(std::string_view attribute, double otherwise) {
  const auto* value = find<float>(attribute, "a number");
  return value ? static_cast<double>(*value) : otherwise;
}

std::string NodeImport::text(std::string_view attribute, const std::string& otherwise) {
  const auto* value = find<std::string>(attribute, "text");
  return value ? *value : otherwise;
}

std::vector<std::int64_t> NodeImport::integers(std::string_view attribute, const std::vector<std::int64_t>& otherwise) {
  const auto* value = find<std::vector<std::int64_t>>(attribute, "a list of whole numbers");
  return value ? *value : otherwise;
}

std::vector<double> NodeImport::numbers(std::string_view attribute) {
  const auto* value = find<std::vector<float>>(attribute, "a list of numbers");
  return value ? std::vector<double>(value->begin(), value->end()) : std::vector<double>();
}

std::string NodeImport::choice(std::string_view attribute, std::span<const std::string_view> choices, const std::string& otherwise) {
  std::string value = text(attribute, otherwise);
  if (std::ranges::find(choices, value) == choices.end() && status_.ok())
    status_ = unsupported(fmt::format("attribute '{}' is {}; octet knows {}", attribute, in_quotes(value), fmt::join(choices, ", ")));
  return value;
}

Result<std::int64_t> NodeImport::axis(std::string_view attribute, std::int64_t otherwise, std::int64_t rank) {
  const std::int64_t axis = integer(attribute, otherwise);
  OCTET_RETURN_IF_ERROR(status_);
  auto found = normalized_axis(axis, rank);
  if (!found.ok()) return found.error().at(fmt::format("attribute '{}'", attribute));
  return *found;
}

Result<Values> NodeImport::add(Op op, const std::vector<Value>& inputs) {
  OCTET_RETURN_IF_ERROR(status_);
  return builder_.add(std::move(op), inputs, name_);
}

Result<Value> NodeImport::value(Op op, const std::vector<Value>& inputs) {
  OCTET_ASSIGN(const Values values, add(std::move(op), inputs));
  return values[0].value;
}

Result<Value> NodeImport::constant(Tensor value) { return builder_.constant(std::move(value), name_); }

Result<Value> NodeImport::integers_constant(const std::vector<std::int64_t>& values) {
  return constant(Tensor::of<std::int64_t>({std::ssize(values)}, values));
}

Result<Value> NodeImport::scalar_like(double number, Value other) {
  return constant(converted(Tensor::scalar(number), graph().type(other).element));
}

Result<Value> NodeImport::reshape(Value value_to_reshape, const Shape& shape) {
  if (shape_of(value_to_reshape) == shape) return value_to_reshape;
  OCTET_ASSIGN(const Value target, integers_constant(shape));
  return value(Reshape{}, {value_to_reshape, target});
}

Result<Value> NodeImport::transpose(Value value_to_transpose, const std::vector<std::int64_t>& order) {
  if (std::ranges::is_sorted(order)) return value_to_transpose;
  OCTET_ASSIGN(const Value axes, integers_constant(order));
  return value(Transpose{}, {value_to_transpose, axes});
}

Result<Value> NodeImport::binary(BinaryKind kind, Value a, Value b) { return value(Binary{kind}, {a, b}); }

Result<std::int64_t> normalized_axis(std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank) return malformed(fmt::format("axis {} of data of rank {}", axis, rank));
  return axis < 0 ? axis + rank : axis;
}

}  // namespace octet::onnx
