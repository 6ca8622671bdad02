#include "graph/graph.h"

#include <algorithm>

namespace octet {

Graph::Graph() = default;
Graph::Graph(const Graph& other) = default;
Graph::Graph(Graph&& other) noexcept = default;
Graph& Graph::operator=(const Graph& other) = default;
Graph& Graph::operator=(Graph&& other) noexcept = default;
Graph::~Graph() = default;

Result<NodeId> Graph::add(Op op, std::vector<Value> inputs, std::string wanted_name) {
  std::string node_name = unique_name(wanted_name.empty() ? std::string(type_name(op)) : std::move(wanted_name));
  std::vector<TensorType> types;
  std::vector<const Tensor*> constants;
  for (const Value input : inputs) {
    OCTET_CHECK(index_of(input.node) < nodes_.size() && input.port < node(input).outputs.size(), "input of " + node_name);
    types.push_back(type(input));
    constants.push_back(constant(input));
  }
  OCTET_ASSIGN_AT(auto outputs, infer_types(op, types, constants), "node '" + node_name + "'");
  const auto id = static_cast<NodeId>(nodes_.size());
  by_name_.emplace(node_name, id);
  for (const Value input : inputs) readers_[index_of(input.node)].insert(id);
  readers_.emplace_back();
  nodes_.push_back({std::move(op), std::move(node_name), std::move(inputs), std::move(outputs)});
  return id;
}

Value Graph::emit(Op op, std::vector<Value> inputs, std::string wanted_name) {
  auto id = add(std::move(op), std::move(inputs), std::move(wanted_name));
  OCTET_CHECK(id.ok(), id.error().message);
  return {*id, 0};
}

Value Graph::emit_constant(Tensor value, std::string wanted_name) { return emit(Constant{std::move(value)}, {}, std::move(wanted_name)); }

std::vector<NodeId> Graph::parameters() const {
  std::vector<NodeId> found;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (std::holds_alternative<Parameter>(nodes_[i].op)) found.push_back(static_cast<NodeId>(i));
  return found;
}

std::vector<NodeId> Graph::outputs() const {
  std::vector<NodeId> found;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (std::holds_alternative<Output>(nodes_[i].op)) found.push_back(static_cast<NodeId>(i));
  return found;
}

NodeId Graph::find(std::string_view node_name) const {
  const auto found = by_name_.find(node_name);
  OCTET_CHECK(found != by_name_.end(), "no node '" + std::string(node_name) + "'");
  return found->second;
}

const Tensor* Graph::constant(Value value) const {
  const auto* constant = std::get_if<Constant>(&node(value).op);
  return constant ? &constant->value : nullptr;
}

std::vector<NodeId> Graph::readers(NodeId id) const {
  const auto& found = readers_[index_of(id)];
  return {found.begin(), found.end()};
}

std::vector<std::vector<NodeId>> Graph::all_readers() const {
  std::vector<std::vector<NodeId>> all;
  all.reserve(nodes_.size());
  for (const auto& found : readers_) all.emplace_back(found.begin(), found.end());
  return all;
}

void Graph::replace_uses(Value from, Value to) {
  OCTET_CHECK(type(from) == type(to), "replacement of '" + node(from).name + "' has another type");
  for (const NodeId reader : readers(from.node))
    for (Value& input : nodes_[index_of(reader)].inputs)
      if (input == from) move_input(reader, input, to);
}

void Graph::set_input(NodeId reader, std::size_t index, Value value) {
  Value& input = nodes_[index_of(reader)].inputs[index];
  OCTET_CHECK(type(input) == type(value), "input of another type");
  move_input(reader, input, value);
}

void Graph::move_input(NodeId reader, Value& input, Value to) {
  auto& before = readers_[index_of(input.node)];
  before.erase(before.find(reader));
  readers_[index_of(to.node)].insert(reader);
  input = to;
}

void Graph::set_op(NodeId id, Op op) {
  Node& target = nodes_[index_of(id)];
  std::vector<TensorType> types;
  std::vector<const Tensor*> constants;
  for (const Value input : target.inputs) {
    types.push_back(type(input));
    constants.push_back(constant(input));
  }
  auto outputs = infer_types(op, types, constants);
  OCTET_CHECK(outputs.ok() && *outputs == target.outputs, "set_op changes the outputs of " + target.name);
  target.op = std::move(op);
}

void Graph::rename(NodeId id, std::string wanted_name) {
  Node& target = nodes_[index_of(id)];
  by_name_.erase(target.name);
  target.name = unique_name(std::move(wanted_name));
  by_name_.emplace(target.name, id);
}

void Graph::tidy() {
  // Depth first from the outputs, with a stack of its own: a hostile graph may be a chain of any length.
  std::vector<NodeId> order;
  std::vector<char> state(nodes_.size(), 0);  // 0 unseen, 1 open, 2 done
  std::vector<std::size_t> stack;
  const auto visit = [&](std::size_t root) {
    stack.push_back(root);
    while (!stack.empty()) {
      const std::size_t i = stack.back();
      if (state[i] == 0) {
        state[i] = 1;
        for (auto input = nodes_[i].inputs.rbegin(); input != nodes_[i].inputs.rend(); ++input)
          if (state[index_of(input->node)] == 0) stack.push_back(index_of(input->node));
        continue;
      }
      stack.pop_back();
      if (state[i] == 1) order.push_back(static_cast<NodeId>(i));
      state[i] = 2;
    }
  };
  for (const NodeId id : parameters()) visit(index_of(id));
  for (const NodeId id : outputs()) visit(index_of(id));

  std::vector<NodeId> moved(nodes_.size());
  for (std::size_t i = 0; i < order.size(); ++i) moved[index_of(order[i])] = static_cast<NodeId>(i);
  std::vector<Node> kept;
  kept.reserve(order.size());
  by_name_.clear();
  readers_.assign(order.size(), {});
  for (const NodeId id : order) {
    Node node = std::move(nodes_[index_of(id)]);
    const auto place = static_cast<NodeId>(kept.size());
    for (Value& input : node.inputs) {
      input.node = moved[index_of(input.node)];
      readers_[index_of(input.node)].insert(place);
    }
    by_name_.emplace(node.name, place);
    kept.push_back(std::move(node));
  }
  nodes_ = std::move(kept);
}

std::string Graph::unique_name(std::string wanted) {
  if (!by_name_.contains(wanted)) return wanted;
  for (std::size_t& number = next_number_[wanted];;)
    if (std::string candidate = wanted + "_" + std::to_string(++number); !by_name_.contains(candidate)) return candidate;
}

std::string dump(const Graph& graph) {
  std::string text;
  for (const Node& node : graph.nodes()) {
    text += node.name + " = " + std::string(type_name(node.op)) + "(";
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      text += (i ? ", " : "") + graph.node(node.inputs[i]).name;
      if (node.inputs[i].port) text += ":" + std::to_string(node.inputs[i].port);
    }
    text += ")";
    for (const TensorType& output : node.outputs) text += " " + std::string(name_of(output.element)) + to_string(output.shape);
    text += "\n";
  }
  return text;
}

}  // namespace octet
