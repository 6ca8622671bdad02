#include "runtime/selection.h"

#include "runtime/lowerings/list.h"

namespace octet {

Value Forms::resolve(Value value) const {
  const auto found = same.find(value);
  return found == same.end() ? value : found->second;
}

bool Forms::is_image(Value value) const {
  const auto found = natural.find(resolve(value));
  if (found == natural.end()) return false;
  return found->second.format == Format::kImageF32 || found->second.format == Format::kImageU8;
}

QuantParamsPtr Forms::quant(Value value) const {
  const auto found = natural.find(resolve(value));
  return found == natural.end() || found->second.format != Format::kImageU8 ? nullptr : found->second.quant;
}

QuantParamsPtr Forms::plain_quant(Value value) const {
  const auto found = natural.find(resolve(value));
  return found == natural.end() || found->second.format != Format::kPlainU8 ? nullptr : found->second.quant;
}

namespace {

class Selector {
 public:
  Selector(const Graph& graph, const Constants& constants, const FusionFinder& fusion, Format input)
      : graph_(graph), constants_(constants), fusion_(fusion), input_(input), absorbed_(graph.nodes().size()) {
    selection_.matches.resize(graph.nodes().size());
    selection_.passed_over.resize(graph.nodes().size());
  }

  Selection run() {
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
      const auto id = static_cast<NodeId>(i);
      if (absorbed_[i] || constants_.is_constant({id, 0})) continue;
      if (std::holds_alternative<Parameter>(graph_.node(id).op))
        selection_.forms.natural[{id, 0}] = {input_, nullptr};
      else
        select(id);
    }
    return std::move(selection_);
  }

 private:
  void select(NodeId id) {
    const MatchContext context{graph_, constants_, fusion_, selection_.forms};
    std::string& reasons = selection_.passed_over[index_of(id)];
    for (const Lowering& lowering : lowerings()) {
      MatchResult result = lowering.match(context, id);
      if (auto* match = std::get_if<Match>(&result)) return take(id, std::move(*match));
      const std::string& reason = std::get<NoMatch>(result).reason;
      if (!reason.empty()) reasons += (reasons.empty() ? "" : "; ") + std::string(lowering.name) + ": " + reason;
    }
    OCTET_CHECK(false, "the last lowering must take every node");
  }

  void take(NodeId id, Match match) {
    for (const NodeId absorbed : match.absorbed) absorbed_[index_of(absorbed)] = true;
    for (const auto& [value, form] : match.results) selection_.forms.natural[value] = form;
    for (const auto& [value, result] : match.same) selection_.forms.same[value] = result;
    selection_.matches[index_of(id)] = std::move(match);
  }

  const Graph& graph_;
  const Constants& constants_;
  const FusionFinder& fusion_;
  const Format input_;
  std::vector<bool> absorbed_;
  Selection selection_;
};

}  // namespace

Selection select_lowerings(const Graph& graph, const Constants& constants, const FusionFinder& fusion, Format input) {
  return Selector(graph, constants, fusion, input).run();
}

}  // namespace octet
