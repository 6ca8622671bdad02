// A Concat along any axis of tensors that lie as in the graph, by copying runs of bytes; inputs that lie in place already
// are left out.

#include <algorithm>
#include <numeric>

#include "runtime/builder.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

std::int64_t product(std::span<const std::int64_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

// How a result is made of runs: `outer` rows, each of the inputs' runs one after another.
struct Rows {
  std::size_t axis = 0;
  std::int64_t outer = 1;
};

Rows rows_of(const Node& node) {
  const Shape& shape = node.outputs[0].shape;
  const std::int64_t axis = std::get<Concat>(node.op).axis;
  const auto joined = static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(shape.size()) : axis);
  return {joined, product(std::span(shape).first(joined))};
}

bool lies_at(const Slot& part, const Slot& whole, std::int64_t byte_offset) {
  return part.memory == whole.memory && part.index == whole.index &&
         part.byte_offset == whole.byte_offset + static_cast<std::size_t>(byte_offset);
}

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const auto [axis, outer] = rows_of(node);
  const SlotId to = builder.natural({id, 0});
  const auto element = static_cast<std::int64_t>(size_of(node.outputs[0].element));
  const std::int64_t row = product(std::span(node.outputs[0].shape).subspan(axis)) * element;
  const Slot whole = builder.slot(to);
  std::int64_t offset = 0;
  for (const Value input : node.inputs) {
    const std::int64_t run = product(std::span(builder.graph().shape(input)).subspan(axis)) * element;
    const SlotId from = builder.plain(input);
    if (outer != 1 || !lies_at(builder.slot(from), whole, offset))
      builder.add_step({node.name, "Concat"}, {from}, {to}, [from, to, outer = outer, run, row, offset](const Workspace& ws) {
        const auto in = ws.plain_bytes(from), out = ws.plain_bytes(to);
        for (std::int64_t i = 0; i < outer; ++i) std::copy_n(in.begin() + i * run, run, out.begin() + i * row + offset);
      });
    offset += run;
  }
}

}  // namespace

MatchResult match_concat_plain(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!std::holds_alternative<Concat>(node.op)) return NoMatch{};
  Match match;
  match.results = {{{id, 0}, {}}};
  // Inputs follow each other in memory where no axis before the joined one exceeds 1.
  if (rows_of(node).outer == 1) {
    match.sharing.kind = Sharing::Kind::kJoinsRuns;
    std::int64_t offset = 0;
    for (const Value input : node.inputs) {
      match.sharing.offsets.push_back(offset);
      offset += element_count(context.graph.shape(input));
    }
  }
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
