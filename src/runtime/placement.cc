#include "runtime/placement.h"

#include <set>

namespace octet {
namespace {

class Placer {
 public:
  Placer(const Graph& graph, const Selection& selection) : graph_(graph), selection_(selection), forms_(selection.forms) {}

  std::map<Value, Placement> run() {
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) place_in_input(static_cast<NodeId>(i));
    // Outer concatenations first, so that nested ones find their own place taken and lie inside it.
    for (std::size_t i = graph_.nodes().size(); i-- > 0;) place_inputs(static_cast<NodeId>(i));
    return std::move(placements_);
  }

 private:
  using Kind = Sharing::Kind;

  Kind sharing(NodeId id) const {
    const Match* match = selection_.match(id);
    return match ? match->sharing.kind : Kind::kNone;
  }
  std::int64_t offset(NodeId id, std::size_t i) const { return selection_.match(id)->sharing.offsets[i]; }

  Format format(Value value) const { return forms_.natural.at(value).format; }

  bool is_plain(Value value) const { return forms_.natural.contains(value) && format(value) == Format::kPlain; }

  bool is_placed(Value value) const { return placements_.contains(value); }

  // True for what a step of the plan writes; parameters and constants have memory of their own.
  bool is_computed(Value value) const {
    return forms_.natural.contains(value) && !std::holds_alternative<Parameter>(graph_.node(value).op);
  }

  void place_in_input(NodeId id) {
    const Kind kind = sharing(id);
    if (kind != Kind::kChannelsOfInput && kind != Kind::kPixelsOfInput && kind != Kind::kBytesOfInput) return;
    const Node& node = graph_.node(id);
    const Value input = forms_.resolve(node.inputs[0]);
    if (kind == Kind::kChannelsOfInput) {
      for (std::uint32_t port = 0; port < node.outputs.size(); ++port) placements_[{id, port}] = {input, offset(id, port)};
    } else if (kind == Kind::kPixelsOfInput) {
      if (is_placed(input) || format(input) != Format::kImageF32) return;
      placements_[{id, 0}] = {input, 0};
      dense_.insert(input);
    } else if (is_computed(input) && is_plain(input)) {
      placements_[{id, 0}] = {input, 0};
    }
  }

  void place_inputs(NodeId id) {
    if (sharing(id) == Kind::kJoinsChannels) place_channels(id);
    if (sharing(id) == Kind::kJoinsRuns) place_runs(id);
  }

  void place_channels(NodeId id) {
    const Node& node = graph_.node(id);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Value value = whole_from(node, i);
      if (is_computed(value) && format(value) == format({id, 0}) && same_quantization(value, {id, 0}) && !is_placed(value) &&
          !dense_.contains(value))
        placements_[value] = {{id, 0}, offset(id, i)};
    }
  }

  // Input `i` of a concatenation, or the image of which it and the inputs that follow are the parts in their order.
  Value whole_from(const Node& node, std::size_t i) const {
    const Value first = forms_.resolve(node.inputs[i]);
    const auto placed = placements_.find(first);
    if (placed == placements_.end() || sharing(first.node) != Kind::kChannelsOfInput) return first;
    const Value whole = placed->second.base;
    std::int64_t channel = 0;
    for (; i < node.inputs.size() && channel < graph_.shape(whole)[1]; ++i) {
      const Value part = forms_.resolve(node.inputs[i]);
      const auto lies = placements_.find(part);
      if (lies == placements_.end() || lies->second.base != whole || lies->second.element_offset != channel) return first;
      channel += graph_.shape(part)[1];
    }
    return channel == graph_.shape(whole)[1] ? whole : first;
  }

  bool same_quantization(Value a, Value b) const {
    const QuantParamsPtr qa = forms_.quant(a), qb = forms_.quant(b);
    return qa == qb || (qa && qb && *qa == *qb);
  }

  void place_runs(NodeId id) {
    const Node& node = graph_.node(id);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Value input = forms_.resolve(node.inputs[i]);
      if (!is_plain(input)) continue;  // its planar form is a copy
      const Value root = outermost(input);
      const bool whole = element_count(graph_.shape(root)) == element_count(graph_.shape(input));
      if (is_computed(root) && !is_placed(root) && whole && format(root) != Format::kImageU8) placements_[root] = {{id, 0}, offset(id, i)};
    }
  }

  // Whether a value has all bytes of the one in which it lies.
  bool fills_its_base(Value value) const {
    const auto placed = placements_.find(value);
    return placed != placements_.end() && placed->second.element_offset == 0 && sharing(value.node) != Kind::kChannelsOfInput &&
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
  const Selection& selection_;
  const Forms& forms_;
  std::map<Value, Placement> placements_;
  std::map<Value, Value> outermost_;  // where outermost() ended before; it may go on from there
  std::set<Value> dense_;             // images that are read as plain bytes too
};

}  // namespace

std::map<Value, Placement> place_values(const Graph& graph, const Selection& selection) { return Placer(graph, selection).run(); }

}  // namespace octet
