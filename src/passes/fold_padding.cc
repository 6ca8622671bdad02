#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

// Zeros that a Pad puts around the rows and columns of an image, and nothing else; nothing for any other value.
std::optional<Pads> zeros_around(const Graph& graph, Value value) {
  const auto* pad = op_of<Pad>(graph, value);
  if (!pad || pad->mode != Pad::Mode::kConstant || graph.shape(value).size() != 4) return std::nullopt;
  const Node& node = graph.node(value);
  if (node.inputs.size() == 4) {
    const Tensor* filling = graph.constant(node.inputs[3]);
    if (!filling || uniform_value(*filling) != 0) return std::nullopt;
  }
  const Tensor *begin = graph.constant(node.inputs[1]), *end = graph.constant(node.inputs[2]);
  if (!begin || !end) return std::nullopt;
  const auto before = to_vector<std::int64_t>(*begin), after = to_vector<std::int64_t>(*end);
  if (before[0] != 0 || before[1] != 0 || after[0] != 0 || after[1] != 0) return std::nullopt;
  return Pads{{before[2], before[3]}, {after[2], after[3]}};
}

// The same operation with more padding.
Op padded(Op op, const Pads& more) {
  std::visit(
      [&](auto& convolution) {
        if constexpr (requires { convolution.pads.begin; })
          for (std::size_t axis = 0; axis < 2; ++axis) {
            convolution.pads.begin[axis] += more.begin[axis];
            convolution.pads.end[axis] += more.end[axis];
          }
      },
      op);
  return op;
}

}  // namespace

bool fold_padding(Graph& graph) {
  return rewrite_each(graph, [&](Value value) {
    const Node node = graph.node(value);
    const auto zeros = is_convolution(node.op) ? zeros_around(graph, node.inputs[0]) : std::nullopt;
    if (!zeros) return false;
    replace(graph, value, graph.emit(padded(node.op, *zeros), {graph.node(node.inputs[0]).inputs[0], node.inputs[1]}));
    return true;
  });
}

}  // namespace octet::passes
