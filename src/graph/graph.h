#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/ops.h"

namespace octet {

enum class NodeId : std::uint32_t {};
constexpr std::size_t index_of(NodeId id) { return static_cast<std::size_t>(id); }

// One output of one node.
struct Value {
  NodeId node{};
  std::uint32_t port = 0;
  bool operator==(const Value&) const = default;
  auto operator<=>(const Value&) const = default;
};

struct TensorType {
  ElementType element = ElementType::kF32;
  Shape shape;
  bool operator==(const TensorType&) const = default;
};

struct Node {
  Op op;
  std::string name;  // unique in its graph
  std::vector<Value> inputs;
  std::vector<TensorType> outputs;
};

// A network: nodes in topological order (inputs of a node stand before it), edges as indices, all shapes static.
// A value type: copying copies the structure and shares the constants' bytes.
class Graph {
 public:
  // In graph.cc, as each source that owns a graph would otherwise compile anew how every operation is copied and destroyed.
  Graph();
  Graph(const Graph& other);
  Graph(Graph&& other) noexcept;
  Graph& operator=(const Graph& other);
  Graph& operator=(Graph&& other) noexcept;
  ~Graph();

  std::string name;
  // What the model says of itself (input, decoding, labels); rt_info/model_info of an IR. Keys as in docs/model_info.md.
  std::map<std::string, std::string> model_info;

  // Appends a node whose shape is inferred. An empty or taken name gets a number. Errors: kMalformed with the
  // node's name where inputs disagree; kUnsupported for what octet cannot express.
  Result<NodeId> add(Op op, std::vector<Value> inputs, std::string wanted_name = "");

  // The same where the arguments are known to be right, as in a rewrite; a failure is a bug in octet.
  Value emit(Op op, std::vector<Value> inputs, std::string wanted_name = "");
  Value emit_constant(Tensor value, std::string wanted_name = "");

  std::span<const Node> nodes() const { return nodes_; }
  const Node& node(NodeId id) const { return nodes_[index_of(id)]; }
  const Node& node(Value value) const { return node(value.node); }
  const TensorType& type(Value value) const { return node(value).outputs[value.port]; }
  const Shape& shape(Value value) const { return type(value).shape; }
  std::vector<NodeId> parameters() const;
  std::vector<NodeId> outputs() const;
  NodeId find(std::string_view node_name) const;  // the node must exist

  // The constant behind a value, or null.
  const Tensor* constant(Value value) const;

  // Nodes that read any output of `id`, in order; one that reads it twice is listed twice.
  std::vector<NodeId> readers(NodeId id) const;
  std::size_t reader_count(NodeId id) const { return readers_[index_of(id)].size(); }
  // For every node its readers, for passes that ask often.
  std::vector<std::vector<NodeId>> all_readers() const;

  // Rewrites. Every reader of `from` reads `to` from then on; types must agree. Call tidy() when done.
  void replace_uses(Value from, Value to);
  void set_input(NodeId reader, std::size_t index, Value value);
  // Changes an operation in place; the types of its outputs must stay as they are.
  void set_op(NodeId id, Op op);
  void rename(NodeId id, std::string wanted_name);

  // Removes what no output needs (parameters stay) and restores topological order. Ids change.
  void tidy();

 private:
  std::string unique_name(std::string wanted);
  void move_input(NodeId reader, Value& input, Value to);

  std::vector<Node> nodes_;
  std::vector<std::multiset<NodeId>> readers_;  // by node; kept, so that a rewrite costs what it changes
  std::map<std::string, NodeId, std::less<>> by_name_;
  std::map<std::string, std::size_t> next_number_;  // the last number given to a name that was taken
};

// Types of the outputs of an operation on inputs of the given types. `constants[i]` is the value of input i where it is
// known, else null; operations whose shape depends on a value (Reshape, ...) need it.
Result<std::vector<TensorType>> infer_types(const Op& op, std::span<const TensorType> inputs, std::span<const Tensor* const> constants);

// One line a node: name, operation, inputs, shape. For people and for tests.
std::string dump(const Graph& graph);

}  // namespace octet
