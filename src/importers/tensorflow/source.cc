#include "importers/tensorflow/source.h"

#include <fmt/format.h>

#include <utility>

#include "importers/tensorflow/constant_ops.h"

namespace octet::tensorflow {
namespace {

// A captured constant enters a loop unchanged; what else enters varies.
bool is_loop_variable(const NodeRecord& node) {
  if (node.op != "Enter") return false;
  const auto is_constant = attribute<bool>(node, "is_constant", false);
  return !is_constant.ok() || !*is_constant;
}

}  // namespace

Source::Source(GraphDef graph) : graph_(std::move(graph)), readers_(graph_.nodes.size()), dynamic_(graph_.nodes.size(), 0) {
  find_readers();
  find_dynamic();
}

void Source::find_readers() {
  for (NodeIndex i = 0; i < graph_.nodes.size(); ++i)
    for (const Ref input : graph_.nodes[i].inputs) readers_[input.node].push_back(i);
}

void Source::find_dynamic() {
  std::vector<NodeIndex> waiting;
  const auto mark = [&](NodeIndex i) {
    if (dynamic_[i] || asks_for_shape(graph_.nodes[i])) return;
    dynamic_[i] = 1;
    waiting.push_back(i);
  };
  for (NodeIndex i = 0; i < graph_.nodes.size(); ++i)
    if (!constant_rule(graph_.nodes[i].op) || is_loop_variable(graph_.nodes[i])) mark(i);
  while (!waiting.empty()) {
    const NodeIndex i = waiting.back();
    waiting.pop_back();
    for (const NodeIndex reader : readers_[i]) mark(reader);
  }
}

std::vector<Ref> Source::ends() const {
  std::vector<Ref> ends;
  for (NodeIndex i = 0; i < size(); ++i)
    if (dynamic_[i] && readers_[i].empty() && !graph_.nodes[i].inputs.empty()) ends.push_back({i, 0});
  return ends;
}

std::vector<char> Source::reached_from(std::vector<NodeIndex> from) const {
  std::vector<char> reached(size(), 0);
  while (!from.empty()) {
    const NodeIndex i = from.back();
    from.pop_back();
    if (std::exchange(reached[i], 1) == 0) from.insert(from.end(), readers_[i].begin(), readers_[i].end());
  }
  return reached;
}

Error wrong_kind(std::string_view name, const Attribute& found, const Attribute& expected) {
  return {ErrorCode::kMalformed,
          fmt::format("attribute {} is {} where {} is expected", in_quotes(name), kind_of(found), kind_of(expected))};
}

std::string place(const NodeRecord& node) {
  const std::string op = in_quotes(node.op);
  return "node " + in_quotes(node.name) + " (" + op.substr(1, op.size() - 2) + ")";
}

Error malformed(const NodeRecord& node, std::string_view what) { return Error{ErrorCode::kMalformed, std::string(what)}.at(place(node)); }

Error unsupported(const NodeRecord& node, std::string_view what) {
  return Error{ErrorCode::kUnsupported, std::string(what)}.at(place(node));
}

Status expect_inputs(const NodeRecord& node, std::size_t least) {
  if (node.inputs.size() >= least) return {};
  return malformed(node, "has " + std::to_string(node.inputs.size()) + " inputs, expected " + std::to_string(least));
}

}  // namespace octet::tensorflow
