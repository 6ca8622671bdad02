#pragma once

// For tests: writes GraphDefs node by node.
#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "formats/tensorflow/graph_def.pb.h"

namespace octet::tensorflow {

using Inputs = std::vector<std::string>;
using Sizes = std::vector<std::int64_t>;

class GraphWriter {
 public:
  // Nodes that are added while this is not empty wait for that node ("^name").
  std::string control;

  proto::NodeDef& add(const std::string& op, const std::string& name, const Inputs& inputs = {}) {
    proto::NodeDef& node = *graph_.add_node();
    node.set_op(op);
    node.set_name(name);
    for (const std::string& input : inputs) node.add_input(input);
    return node;
  }

  // Adds and returns the name, to be the input of the next.
  std::string node(const std::string& op, const std::string& name, const Inputs& inputs = {}) {
    add(op, name, inputs);
    return name;
  }

  static proto::AttrValue& attribute(proto::NodeDef& node, const std::string& key) {
    proto::Attribute& added = *node.add_attr();
    added.set_key(key);
    return *added.mutable_value();
  }

  static void set_ints(proto::NodeDef& node, const std::string& key, const Sizes& values) {
    auto& list = *attribute(node, key).mutable_list();
    for (const std::int64_t value : values) list.add_i(value);
  }

  template <typename T>
  std::string constant(const std::string& name, const Sizes& shape, const std::vector<T>& values) {
    proto::NodeDef& node = add("Const", name, control.empty() ? Inputs{} : Inputs{"^" + control});
    const int type = std::is_same_v<T, float> ? 1 : std::is_same_v<T, std::int32_t> ? 3 : 9;
    attribute(node, "dtype").set_type(type);
    proto::Tensor& tensor = *attribute(node, "value").mutable_tensor();
    tensor.set_dtype(type);
    for (const std::int64_t size : shape) tensor.mutable_tensor_shape()->add_dim()->set_size(size);
    tensor.set_tensor_content(values.data(), values.size() * sizeof(T));
    return name;
  }
  std::string scalar(const std::string& name, float value) { return constant<float>(name, {}, {value}); }
  std::string whole(const std::string& name, std::int32_t value) { return constant<std::int32_t>(name, {}, {value}); }
  std::string wholes(const std::string& name, const std::vector<std::int32_t>& values) {
    return constant<std::int32_t>(name, {static_cast<std::int64_t>(values.size())}, values);
  }

  proto::GraphDef& graph() { return graph_; }
  proto::NodeDef& find(const std::string& name) {
    for (proto::NodeDef& node : *graph_.mutable_node())
      if (node.name() == name) return node;
    return add("Missing", name);
  }
  std::string bytes() const { return graph_.SerializeAsString(); }

 private:
  proto::GraphDef graph_;
};

}  // namespace octet::tensorflow
