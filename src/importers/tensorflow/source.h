#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"

namespace octet::tensorflow {

// A GraphDef to ask questions of: attributes with TensorFlow's defaults, readers, what depends on the input.
class Source {
 public:
  explicit Source(GraphDef graph);

  std::size_t size() const { return graph_.nodes.size(); }
  const NodeRecord& node(NodeIndex index) const { return graph_.nodes[index]; }
  const NodeRecord& node(Ref ref) const { return graph_.nodes[ref.node]; }
  std::string_view op(Ref ref) const { return node(ref).op; }
  NodeIndex index_of(const NodeRecord& record) const { return static_cast<NodeIndex>(&record - graph_.nodes.data()); }

  // Nodes that read an output of this one as data.
  std::span<const NodeIndex> readers(NodeIndex index) const { return readers_[index]; }

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

// An attribute, or the given default (TensorFlow's own) where it is left out or of another kind.
std::int64_t int_attribute(const NodeRecord& node, std::string_view name, std::int64_t otherwise);
float float_attribute(const NodeRecord& node, std::string_view name, float otherwise);
bool bool_attribute(const NodeRecord& node, std::string_view name, bool otherwise);
std::string string_attribute(const NodeRecord& node, std::string_view name, std::string_view otherwise);
std::vector<std::int64_t> ints_attribute(const NodeRecord& node, std::string_view name, std::vector<std::int64_t> otherwise);
DataType type_attribute(const NodeRecord& node, std::string_view name, DataType otherwise);

// "node 'Conv2d_0/Relu6' (Relu6)"
std::string place(const NodeRecord& node);
// Errors at a node: "node 'X' (Op): <what>".
Error malformed(const NodeRecord& node, std::string_view what);
Error unsupported(const NodeRecord& node, std::string_view what);

// kMalformed if the node has fewer data inputs.
Status expect_inputs(const NodeRecord& node, std::size_t least);

}  // namespace octet::tensorflow
