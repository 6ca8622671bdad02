#include "exporters/onnx/node_export.h"

#include <algorithm>

#include "exporters/onnx/rules.h"
#include "graph/evaluate.h"
#include "graph/patterns.h"

namespace octet::onnx {

ValueNames::ValueNames(const Graph& graph, ModelWriter& model) : graph_(graph), model_(model), written_(graph.nodes().size(), false) {
  std::map<Value, std::string> given;  // by outputs
  for (const NodeId id : graph.outputs()) {
    const Value value = graph.node(id).inputs[0];
    const bool is_made = !graph.node(value).inputs.empty();
    if (is_made) given.try_emplace(value, graph.node(id).name);
  }
  // All names of the graph first: a made one must not take the name of a later node.
  for (const Node& node : graph.nodes()) model.unique_name(node.name);
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    Names& names = names_.emplace_back();
    for (std::uint32_t port = 0; port < node.outputs.size(); ++port) {
      const auto found = given.find({static_cast<NodeId>(i), port});
      if (found != given.end())
        names.push_back(found->second);
      else
        names.push_back(port == 0 ? node.name : model.unique_name(node.name + "/output_" + std::to_string(port)));
    }
  }
}

const std::string& ValueNames::of(Value value) {
  const std::size_t node = index_of(value.node);
  if (const Tensor* constant = graph_.constant(value); constant && !written_[node]) {
    model_.add_initializer(names_[node][value.port], *constant);
    written_[node] = true;
  }
  return names_[node][value.port];
}

std::optional<Bias> bias_of(const Graph& graph, NodeId convolution) {
  const auto add = only_reader(graph, {convolution, 0});
  const auto side = add ? constant_side(graph, {*add, 0}) : std::nullopt;
  if (!side || side->kind != BinaryKind::kAdd || graph.shape({*add, 0}) != graph.shape({convolution, 0})) return std::nullopt;
  const auto values = channel_values(*side->constant, graph.shape({convolution, 0}));
  if (!values || side->constant->type() != ElementType::kF32) return std::nullopt;
  return Bias{*add, std::vector<float>(values->begin(), values->end())};
}

bool is_bias(const Graph& graph, NodeId id) {
  for (const Value input : graph.node(id).inputs)
    if (is_convolution(graph.node(input).op))
      if (const auto bias = bias_of(graph, input.node)) return bias->add == id;
  return false;
}

Names NodeExport::inputs() {
  Names names;
  for (std::size_t i = 0; i < input_count(); ++i) names.push_back(input(i));
  return names;
}

Result<std::vector<std::int64_t>> NodeExport::integers(std::size_t input) const {
  const Tensor* values = constant(input);
  if (!values) return unsupported("input " + std::to_string(input) + ", which is computed, where ONNX wants a constant");
  return to_vector<std::int64_t>(*values);
}

Result<std::int64_t> NodeExport::axis(std::size_t input) const {
  OCTET_ASSIGN(const auto values, integers(input));
  return values[0] < 0 ? values[0] + static_cast<std::int64_t>(shape(0).size()) : values[0];
}

std::optional<ByteGrid> NodeExport::grid(std::size_t input) const {
  const auto found = grids_.find(node().inputs[input]);
  return found == grids_.end() ? std::nullopt : std::optional(found->second);
}

std::string NodeExport::constant(const Tensor& value, const std::string& role) {
  std::string name = model_.unique_name(node().name + "/" + role);
  model_.add_initializer(name, value);
  return name;
}

std::string NodeExport::list(const std::vector<std::int64_t>& values, const std::string& role) {
  return constant(Tensor::of({static_cast<std::int64_t>(values.size())}, values), role);
}

std::string NodeExport::number(double value) { return constant(converted(Tensor::scalar(value), element(0)), "number"); }

std::string NodeExport::step(std::string_view op_type, const Names& inputs, const Attributes& attributes) {
  return steps(1, op_type, inputs, attributes)[0];
}

Status NodeExport::result(std::string_view op_type, const Names& inputs, const Attributes& attributes) {
  return result_as(id_, op_type, inputs, attributes);
}

Names NodeExport::steps(std::size_t outputs, std::string_view op_type, const Names& inputs, const Attributes& attributes) {
  Names names;
  while (names.size() < outputs) names.push_back(model_.unique_name(node().name + "/" + std::string(op_type)));
  model_.add_node(op_type, inputs, names, attributes);
  return names;
}

Status NodeExport::result_at(std::uint32_t output, std::string_view op_type, const Names& inputs, const Attributes& attributes) {
  model_.add_node(op_type, inputs, {names_.of({id_, output})}, attributes);
  return {};
}

Status NodeExport::evaluated() {
  std::vector<Tensor> values;
  for (std::size_t i = 0; i < input_count(); ++i) {
    if (!constant(i)) return unsupported("input " + std::to_string(i) + ", which is computed, where ONNX wants a constant");
    values.push_back(*constant(i));
  }
  return result("Identity", {constant(evaluate(node().op, values, node().outputs)[0], "value")});
}

Status NodeExport::result_as(NodeId as, std::string_view op_type, const Names& inputs, const Attributes& attributes) {
  Names results;
  for (std::uint32_t port = 0; port < graph_.node(as).outputs.size(); ++port) results.push_back(names_.of({as, port}));
  model_.add_node(op_type, inputs, results, attributes);
  return {};
}

Status NodeExport::quantized(const std::string& from, const ByteGrid& grid) {
  quantize(from, grid, names_.of({id_, 0}), model_);
  return {};
}

Error NodeExport::unsupported(const std::string& what) const {
  return {ErrorCode::kUnsupported, "node '" + node().name + "' (" + std::string(type_name(node().op)) + ") has " + what};
}

void quantize(const std::string& from, const ByteGrid& grid, const std::string& to, ModelWriter& model) {
  const std::string scale = model.unique_name(to + "/scale"), zero = model.unique_name(to + "/zero_point");
  const std::string stored = model.unique_name(to + "/quantized");
  model.add_initializer(scale, Tensor::scalar(grid.scale));
  model.add_initializer(zero, Tensor::scalar(grid.zero));
  model.add_node("QuantizeLinear", {from, scale, zero}, {stored}, {});
  model.add_node("DequantizeLinear", {stored, scale, zero}, {to}, {});
}

// These are no nodes of a model, or end it.
Status write(const Parameter&, NodeExport&) { return {}; }
Status write(const Constant&, NodeExport&) { return {}; }
Status write(const Output&, NodeExport&) { return {}; }
Status write(const DetectionOutput&, NodeExport&) { return {}; }

Status write_node(NodeExport& to) {
  return std::visit([&](const auto& op) { return write(op, to); }, to.node().op);
}

}  // namespace octet::onnx
