#include <limits>

#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

// What a constant Pad fills with; nothing where that is computed.
std::optional<double> filling_of(const Graph& graph, const Node& pad) {
  if (pad.inputs.size() < 4) return 0.0;
  const Tensor* filling = graph.constant(pad.inputs[3]);
  return filling ? uniform_value(*filling) : std::nullopt;
}

// What a Pad puts around the rows and columns of an image, where the operation that reads it would count that as its own padding: zeros
// for a convolution, what never wins for a MaxPool.
std::optional<Pads> padding_for(const Graph& graph, Value value, const Op& reader) {
  const auto* pad = op_of<Pad>(graph, value);
  if (!pad || pad->mode != Pad::Mode::kConstant || graph.shape(value).size() != 4) return std::nullopt;
  const Node& node = graph.node(value);
  const auto filling = filling_of(graph, node);
  const bool fits = filling && (is_convolution(reader) ? *filling == 0 : *filling <= std::numeric_limits<float>::lowest());
  if (!fits) return std::nullopt;
  const Tensor *begin = graph.constant(node.inputs[1]), *end = graph.constant(node.inputs[2]);
  if (!begin || !end) return std::nullopt;
  const auto before = to_vector<std::int64_t>(*begin), after = to_vector<std::int64_t>(*end);
  if (before[0] != 0 || before[1] != 0 || after[0] != 0 || after[1] != 0) return std::nullopt;
  return Pads{{before[2], before[3]}, {after[2], after[3]}};
}

// The same operation with more padding.
Op padded(Op op, const Pads& more) {
  std::visit(
      [&](auto& window) {
        if constexpr (requires { window.pads.begin; })
          for (std::size_t axis = 0; axis < 2; ++axis) {
            window.pads.begin[axis] += more.begin[axis];
            window.pads.end[axis] += more.end[axis];
          }
      },
      op);
  return op;
}

// A pool has at least one pixel of the image in each window; rounded up, it counts windows by where the padding lies.
bool takes(const MaxPool& pool, const Pads& more) {
  const auto is_narrow = [&](std::size_t axis) {
    return pool.pads.begin[axis] + more.begin[axis] < pool.kernel[axis] && pool.pads.end[axis] + more.end[axis] < pool.kernel[axis];
  };
  return pool.rounding == Rounding::kFloor && is_narrow(0) && is_narrow(1);
}

}  // namespace

bool fold_padding(Graph& graph) {
  return rewrite_each(graph, [&](Value value) {
    const Node node = graph.node(value);
    const auto* pool = std::get_if<MaxPool>(&node.op);
    const auto padding = pool || is_convolution(node.op) ? padding_for(graph, node.inputs[0], node.op) : std::nullopt;
    if (!padding || (pool && !takes(*pool, *padding))) return false;
    std::vector<Value> inputs = node.inputs;
    inputs[0] = graph.node(node.inputs[0]).inputs[0];
    replace(graph, value, graph.emit(padded(node.op, *padding), std::move(inputs)));
    return true;
  });
}

}  // namespace octet::passes
