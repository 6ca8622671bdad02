#include "runtime/placement.h"

#include <numeric>
#include <set>

namespace octet {
namespace {

class Placer {
 public:
  Placer(const Graph& graph, const Constants& constants, const Decisions& decisions)
      : graph_(graph), constants_(constants), decisions_(decisions) {}

  std::map<Value, Placement> run() {
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) place_in_input(static_cast<NodeId>(i));
    // Outer concatenations first, so that nested ones find their own place taken and lie inside it.
    for (std::size_t i = graph_.nodes().size(); i-- > 0;) place_inputs(static_cast<NodeId>(i));
    return std::move(placements_);
  }

 private:
  Lowering lowering(NodeId id) const { return decisions_.nodes[index_of(id)].lowering; }
  Format format(Value value) const { return decisions_.natural.at(value).format; }

  bool is_plain(Value value) const { return decisions_.natural.contains(value) && format(value) == Format::kPlain; }

  bool is_placed(Value value) const { return placements_.contains(value); }

  // True for what a step of the plan writes; parameters and constants have memory of their own.
  bool is_computed(Value value) const {
    return decisions_.natural.contains(value) && !std::holds_alternative<Parameter>(graph_.node(value).op);
  }

  void place_in_input(NodeId id) {
    const Node& node = graph_.node(id);
    if (lowering(id) == Lowering::kChannelSlices) {
      const auto first = *channel_slices(graph_, constants_, id);
      const Value input = decisions_.resolve(node.inputs[0]);
      for (std::uint32_t port = 0; port < node.outputs.size(); ++port) placements_[{id, port}] = {input, first[port]};
    } else if (lowering(id) == Lowering::kPlainFromImage) {
      const Value input = decisions_.resolve(node.inputs[0]);
      if (is_placed(input) || format(input) != Format::kImageF32) return;
      placements_[{id, 0}] = {input, 0};
      dense_.insert(input);
    } else if (lowering(id) == Lowering::kReshape) {
      const Value input = decisions_.resolve(node.inputs[0]);
      if (is_computed(input) && format(input) == Format::kPlain) placements_[{id, 0}] = {input, 0};
    }
  }

  void place_inputs(NodeId id) {
    if (lowering(id) == Lowering::kConcatImages) place_channels(id);
    if (lowering(id) == Lowering::kConcatPlain) place_runs(id);
  }

  void place_channels(NodeId id) {
    std::int64_t channel = 0;
    for (const Value input : graph_.node(id).inputs) {
      const Value value = decisions_.resolve(input);
      if (is_computed(value) && format(value) == format({id, 0}) && same_quantization(value, {id, 0}) && !is_placed(value) &&
          !dense_.contains(value))
        placements_[value] = {{id, 0}, channel};
      channel += graph_.shape(input)[1];
    }
  }

  bool same_quantization(Value a, Value b) const {
    const QuantParamsPtr qa = decisions_.quant(a), qb = decisions_.quant(b);
    return qa == qb || (qa && qb && *qa == *qb);
  }

  // Inputs that follow each other in memory because no axis before the joined one exceeds 1.
  void place_runs(NodeId id) {
    const Node& node = graph_.node(id);
    const Shape& shape = node.outputs[0].shape;
    const std::int64_t axis = std::get<Concat>(node.op).axis;
    const auto joined = static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(shape.size()) : axis);
    if (std::accumulate(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(joined), std::int64_t{1}, std::multiplies<>()) != 1)
      return;
    std::int64_t offset = 0;
    for (const Value input : node.inputs) {
      const std::int64_t count = element_count(graph_.shape(input));
      Value root = decisions_.resolve(input);
      if (!is_plain(root)) {  // its planar form is a copy
        offset += count;
        continue;
      }
      root = outermost(root);
      if (is_computed(root) && !is_placed(root) && element_count(graph_.shape(root)) == count && format(root) != Format::kImageU8)
        placements_[root] = {{id, 0}, offset};
      offset += count;
    }
  }

  // Whether a value has all bytes of the one in which it lies.
  bool fills_its_base(Value value) const {
    const auto placed = placements_.find(value);
    return placed != placements_.end() && placed->second.element_offset == 0 && lowering(value.node) != Lowering::kChannelSlices &&
           element_count(graph_.shape(placed->second.base)) == element_count(graph_.shape(value));
  }

  // Up through values that fill each other. The way is remembered, as many concatenations may read along one chain.
  Value outermost(Value value) {
    std::vector<Value> way;
    while (fills_its_base(value)) {
      way.push_back(value);
      const auto known = outermost_.find(value);
      value = known == outermost_.end() ? placements_.at(value).base : known->second;
    }
    for (const Value passed : way) outermost_[passed] = value;
    return value;
  }

  const Graph& graph_;
  const Constants& constants_;
  const Decisions& decisions_;
  std::map<Value, Placement> placements_;
  std::map<Value, Value> outermost_;  // where outermost() ended before; it may go on from there
  std::set<Value> dense_;             // images that are read as plain bytes too
};

}  // namespace

std::map<Value, Placement> place_values(const Graph& graph, const Constants& constants, const Decisions& decisions) {
  return Placer(graph, constants, decisions).run();
}

}  // namespace octet
