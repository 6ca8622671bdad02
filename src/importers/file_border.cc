#include "importers/file_border.h"

namespace octet {
namespace {

Value number(Graph& graph, double value) { return graph.emit_constant(Tensor::scalar(static_cast<float>(value))); }

// Codes of real values, still as floats: rounded half to even, and kept within what the type holds.
Value quantized(Graph& graph, Value value, ElementType type, const BorderScale& scale) {
  value = graph.emit(Binary{BinaryKind::kDivide}, {value, number(graph, scale.scale)});
  value = graph.emit(Unary{UnaryKind::kRound}, {value});
  value = graph.emit(Binary{BinaryKind::kAdd}, {value, number(graph, static_cast<double>(scale.zero_point))});
  const int bits = 8 * static_cast<int>(size_of(type));
  const bool is_signed = type == ElementType::kI8 || type == ElementType::kI16;
  const double levels = static_cast<double>(std::int64_t{1} << bits), low = is_signed ? -levels / 2 : 0;
  return graph.emit(Clamp{low, low + levels - 1}, {value});
}

Value reshaped(Graph& graph, Value value, const Shape& shape) {
  if (graph.shape(value) == shape) return value;
  return graph.emit(Reshape{}, {value, graph.emit_constant(Tensor::of<std::int64_t>({std::ssize(shape)}, shape))});
}

Value converted(Graph& graph, Value value, ElementType type) {
  return graph.type(value).element == type ? value : graph.emit(Convert{type}, {value});
}

}  // namespace

void give_to_file(Graph& before, Value value, const BorderTensor& input) {
  if (input.scale) value = quantized(before, value, input.type.element, *input.scale);
  value = reshaped(before, converted(before, value, input.type.element), input.type.shape);
  before.emit(Output{input.further_names}, {value}, input.name);
}

Value take_from_file(Graph& after, const BorderTensor& output) {
  Value value = after.emit(Parameter{output.type.element, output.type.shape, output.further_names}, {}, output.name);
  if (!output.scale) return value;
  value = converted(after, value, ElementType::kF32);
  value = after.emit(Binary{BinaryKind::kSubtract}, {value, number(after, static_cast<double>(output.scale->zero_point))});
  return after.emit(Binary{BinaryKind::kMultiply}, {value, number(after, output.scale->scale)});
}

void give_to_graph(Graph& after, const BorderTensor& output, ElementType type) {
  const Value value = converted(after, take_from_file(after, output), type);
  after.emit(Output{}, {value}, output.name + "/graph");
}

OriginalFile file_with_border_of(const Graph& graph, FileFormat format, const std::filesystem::path& path) {
  OriginalFile file{format, path, {}, {}};
  for (const NodeId id : graph.parameters()) {
    const Node& node = graph.node(id);
    const Value value = file.before.emit(Parameter{node.outputs[0].element, node.outputs[0].shape}, {}, node.name + "/graph");
    give_to_file(file.before, value, {node.name, node.outputs[0], {}, std::get<Parameter>(node.op).further_names});
  }
  for (const NodeId id : graph.outputs()) {
    const Node& node = graph.node(id);
    const TensorType& type = graph.type(node.inputs[0]);
    give_to_graph(file.after, {node.name, type, {}, std::get<Output>(node.op).further_names}, type.element);
  }
  return file;
}

}  // namespace octet
