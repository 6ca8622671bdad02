#include "importers/openvino_ir/layer_import.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/evaluate.h"
#include "graph/op_schema.h"

namespace octet::openvino_ir {
namespace {

constexpr std::int64_t kMaxKnownElements = 1024;

bool is_small(const std::vector<TensorType>& outputs) {
  return std::all_of(outputs.begin(), outputs.end(), [](const TensorType& type) { return element_count(type.shape) <= kMaxKnownElements; });
}

Tensor shape_tensor(const Shape& shape, ElementType type) {
  return converted(Tensor::of<std::int64_t>({static_cast<std::int64_t>(shape.size())}, shape), type);
}

}  // namespace

Error unsupported(std::string message) { return {ErrorCode::kUnsupported, std::move(message)}; }
Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

std::string NameClaims::claim(std::string_view wanted) {
  std::string name(wanted);
  if (!taken_.insert(name).second) {
    std::size_t& number = next_number_[std::string(wanted)];
    do name = fmt::format("{}_{}", wanted, ++number);
    while (!taken_.insert(name).second);
  }
  return name;
}

void KnownValues::extend(const Graph& graph) {
  while (values_.size() < graph.nodes().size()) {
    const Node& node = graph.nodes()[values_.size()];
    values_.emplace_back(node.outputs.size());
    learn(graph, node);
  }
}

void KnownValues::learn(const Graph& graph, const Node& node) {
  if (const auto* constant = std::get_if<Constant>(&node.op)) values_.back()[0] = constant->value;
  if (const auto* shape_of = std::get_if<ShapeOf>(&node.op)) values_.back()[0] = shape_tensor(graph.shape(node.inputs[0]), shape_of->type);
  if (!schema_of(node.op).traits.is_cheap) return;
  std::vector<Tensor> inputs;
  for (const Value input : node.inputs) {
    const Tensor* value = find(input);
    if (!value || value->size() > kMaxKnownElements) return;
    inputs.push_back(*value);
  }
  if (!is_small(node.outputs)) return;
  auto outputs = evaluate(node.op, inputs, node.outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) values_.back()[i] = std::move(outputs[i]);
}

const Tensor* KnownValues::find(Value value) const {
  const auto& known = values_[index_of(value.node)][value.port];
  return known ? &*known : nullptr;
}

Status LayerImport::expect_outputs(std::int64_t count) const {
  if (count == std::ssize(layer_.outputs)) return {};
  return malformed(fmt::format("is split into {} parts but has {} outputs", count, layer_.outputs.size()));
}

Result<std::vector<Value>> LayerImport::add(Op op) { return add(std::move(op), inputs_); }

Result<std::vector<Value>> LayerImport::add(Op op, std::vector<Value> inputs) {
  OCTET_RETURN_IF_ERROR(attributes.status());
  pin_inputs(inputs, schema_of(op).first_parameter);
  const std::string name = names_.claim(layer_.name);
  auto id = graph_.add(std::move(op), std::move(inputs), name);
  if (!id.ok()) {
    Error error = id.error();  // the caller names the layer
    if (const std::string place = "node '" + name + "': "; error.message.starts_with(place)) error.message.erase(0, place.size());
    if (const std::string place = layer_.type + ": "; error.message.starts_with(place)) error.message.erase(0, place.size());
    return error;
  }
  known_.extend(graph_);
  std::vector<Value> outputs;
  for (std::uint32_t port = 0; port < graph_.node(*id).outputs.size(); ++port) outputs.push_back({*id, port});
  return outputs;
}

Value LayerImport::constant(Tensor value, std::string_view suffix) {
  const Value added = graph_.emit_constant(std::move(value), names_.claim(layer_.name + std::string(suffix)));
  known_.extend(graph_);
  return added;
}

Result<const Tensor*> LayerImport::known(std::size_t input, std::string_view role) const {
  if (input >= inputs_.size()) return malformed(fmt::format("has no input {} ({})", input, role));
  if (const Tensor* value = known_.find(inputs_[input])) return value;
  return unsupported(fmt::format("{} (input {}) is computed from the network's inputs; only a constant is supported", role, input));
}

Result<std::vector<std::int64_t>> LayerImport::integers(std::size_t input, std::string_view role) const {
  OCTET_ASSIGN(const Tensor* value, known(input, role));
  return to_vector<std::int64_t>(*value);
}

Result<std::vector<double>> LayerImport::numbers(std::size_t input, std::string_view role) const {
  OCTET_ASSIGN(const Tensor* value, known(input, role));
  return to_vector<double>(*value);
}

void LayerImport::pin_inputs(std::vector<Value>& inputs, std::size_t first) {
  for (std::size_t i = first; i < inputs.size(); ++i) {
    if (graph_.constant(inputs[i])) continue;
    if (const Tensor* value = known_.find(inputs[i])) inputs[i] = constant(*value, fmt::format("/input_{}", i));
  }
}

}  // namespace octet::openvino_ir
