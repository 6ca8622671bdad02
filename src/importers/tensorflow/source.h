#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"

namespace octet::tensorflow {

// A GraphDef to ask questions of: attributes with TensorFlow's defaults, readers, what depends on the input.
class Source {
 public:
  explicit Source(GraphDef graph);

  std::size_t size() const { return graph_.nodes.size(); }
  bool is_whole() const { return graph_.is_whole; }
  const NodeRecord& node(NodeIndex index) const { return graph_.nodes[index]; }
  const NodeRecord& node(Ref ref) const { return graph_.nodes[ref.node]; }
  std::string_view op(Ref ref) const { return node(ref).op; }
  NodeIndex index_of(const NodeRecord& record) const { return static_cast<NodeIndex>(&record - graph_.nodes.data()); }

  // Nodes that read an output of this one as data.
  std::span<const NodeIndex> readers(NodeIndex index) const { return readers_[index]; }

  // What the graph computes of its input: the first outputs of the nodes that nothing reads, in the file's order.
  std::vector<Ref> ends() const;

  // By node: whether it is one of `from`, or reads what one of them gives, directly or by way of others.
  std::vector<char> reached_from(std::vector<NodeIndex> from) const;

  // Whether a value depends on what the graph is fed with, or on state, and so cannot be computed beforehand.
  // The shape of such a value is not dynamic: octet's graphs have static shapes.
  bool is_dynamic(Ref ref) const { return dynamic_[ref.node]; }

 private:
  void find_readers();
  void find_dynamic();

  GraphDef graph_;
  std::vector<std::vector<NodeIndex>> readers_;
  std::vector<char> dynamic_;
};

// kMalformed: "attribute 'keep_dims' is a whole number where true or false is expected".
Error wrong_kind(std::string_view name, const Attribute& found, const Attribute& expected);

// An attribute, or the given default (TensorFlow's own) where it is left out; kMalformed where it is of another kind. The message
// names no node; the caller does.
template <typename T>
Result<T> attribute(const NodeRecord& node, std::string_view name, std::type_identity_t<T> otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  return wrong_kind(name, found->second, Attribute(std::move(otherwise)));
}

// "node 'Conv2d_0/Relu6' (Relu6)"
std::string place(const NodeRecord& node);
// Errors at a node: "node 'X' (Op): <what>".
Error malformed(const NodeRecord& node, std::string_view what);
Error unsupported(const NodeRecord& node, std::string_view what);

// kMalformed if the node has fewer data inputs.
Status expect_inputs(const NodeRecord& node, std::size_t least);

}  // namespace octet::tensorflow
