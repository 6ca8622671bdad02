#include "runtime/lowerings/matmul.h"

#include "graph/patterns.h"

namespace octet {
namespace {

void take(NodeId reader, Epilogue& epilogue) {
  epilogue.absorbed.push_back(reader);
  epilogue.result = {reader, 0};
}

// The constant that is added to each row of a product that nothing else reads.
void take_bias(const MatchContext& context, std::int64_t columns, Epilogue& epilogue) {
  const auto reader = context.fusion.only_reader(epilogue.result);
  if (!reader || !is_binary(context.graph, {*reader, 0}, BinaryKind::kAdd)) return;
  const Node& add = context.graph.node(*reader);
  if (add.outputs[0] != context.graph.type(epilogue.result)) return;
  const Value other = add.inputs[add.inputs[0] == epilogue.result ? 1 : 0];
  const Shape& shape = context.graph.shape(other);
  if (!context.constants.is_constant(other) || shape.empty() || shape.back() != columns || element_count(shape) != columns) return;
  epilogue.bias = to_vector<float>(context.constants[other]);
  take(*reader, epilogue);
}

void take_activation(const MatchContext& context, Epilogue& epilogue) {
  const auto reader = context.fusion.only_reader(epilogue.result);
  const auto activation = reader ? context.fusion.activation_of(*reader) : std::nullopt;
  if (!activation || context.graph.node(*reader).inputs[0] != epilogue.result) return;
  epilogue.activation = *activation;
  take(*reader, epilogue);
}

}  // namespace

Epilogue epilogue_of_product(const MatchContext& context, NodeId id, std::int64_t columns) {
  Epilogue epilogue;
  epilogue.result = {id, 0};
  // A product with a list has no axis of columns.
  if (context.graph.shape(context.graph.node(id).inputs[1]).size() > 1) take_bias(context, columns, epilogue);
  take_activation(context, epilogue);
  return epilogue;
}

}  // namespace octet
