#include <algorithm>
#include <cmath>

#include "graph/patterns.h"
#include "passes/passes.h"
#include "tensor/half.h"

namespace octet::passes {
namespace {

// Converted or not, less a zero point or not: integers on their way to be scaled.
bool comes_from_integers(const Graph& graph, Value value) {
  if (is_binary(graph, value, BinaryKind::kSubtract)) value = graph.node(value).inputs[0];
  if (!op_of<Convert>(graph, value)) return false;
  const ElementType stored = graph.type(graph.node(value).inputs[0]).element;
  return stored == ElementType::kI8 || stored == ElementType::kU8;
}

bool needs_f32(const Graph& graph, const Node& reader) {
  if (std::holds_alternative<FakeQuantize>(reader.op) || std::holds_alternative<DetectionOutput>(reader.op)) return true;
  return std::holds_alternative<Binary>(reader.op) &&
         std::ranges::any_of(reader.inputs, [&](Value input) { return comes_from_integers(graph, input); });
}

bool fits_f16(const Tensor& tensor) {
  return std::ranges::all_of(tensor.values<float>(), [](float value) { return std::isfinite(float_from_half(half_from_float(value))); });
}

}  // namespace

bool compress_constants(Graph& graph) {
  bool changed = false;
  const auto readers = graph.all_readers();
  for (std::size_t i = 0; i < readers.size(); ++i) {
    const Value constant{static_cast<NodeId>(i), 0};
    const Tensor* tensor = graph.constant(constant);
    if (!tensor || tensor->type() != ElementType::kF32 || !fits_f16(*tensor)) continue;
    if (std::ranges::any_of(readers[i], [&](NodeId reader) { return needs_f32(graph, graph.node(reader)); })) continue;
    const std::string name = graph.node(constant).name;
    const Value stored = graph.emit_constant(converted(*tensor, ElementType::kF16), name + "/f16");
    graph.replace_uses(constant, graph.emit(Convert{ElementType::kF32}, {stored}, name + "/f32"));
    changed = true;
  }
  if (changed) graph.tidy();
  return changed;
}

}  // namespace octet::passes
