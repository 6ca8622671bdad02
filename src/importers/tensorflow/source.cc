#include "importers/tensorflow/source.h"

#include <variant>

#include "importers/tensorflow/constant_ops.h"

namespace octet::tensorflow {
namespace {

template <typename T>
T attribute(const NodeRecord& node, std::string_view name, T otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return otherwise;
  const T* value = std::get_if<T>(&found->second);
  return value ? *value : otherwise;
}

// A captured constant enters a loop unchanged; what else enters varies.
bool is_loop_variable(const NodeRecord& node) { return node.op == "Enter" && !bool_attribute(node, "is_constant", false); }

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

std::int64_t int_attribute(const NodeRecord& node, std::string_view name, std::int64_t otherwise) {
  return attribute<std::int64_t>(node, name, otherwise);
}

float float_attribute(const NodeRecord& node, std::string_view name, float otherwise) { return attribute<float>(node, name, otherwise); }

bool bool_attribute(const NodeRecord& node, std::string_view name, bool otherwise) { return attribute<bool>(node, name, otherwise); }

std::string string_attribute(const NodeRecord& node, std::string_view name, std::string_view otherwise) {
  return attribute<std::string>(node, name, std::string(otherwise));
}

std::vector<std::int64_t> ints_attribute(const NodeRecord& node, std::string_view name, std::vector<std::int64_t> otherwise) {
  return attribute<std::vector<std::int64_t>>(node, name, std::move(otherwise));
}

DataType type_attribute(const NodeRecord& node, std::string_view name, DataType otherwise) {
  return attribute<DataType>(node, name, otherwise);
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
