#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "formats/onnx/onnx.pb.h"
#include "graph/graph.h"

namespace octet::onnx {

struct Attribute {
  std::string_view name;
  std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>> value;
};
using Attributes = std::vector<Attribute>;

// The names of ONNX values; an absent optional input is empty.
using Names = std::vector<std::string>;

// Builds the messages of a model. Values are known by names, each of which has one maker: an input, an initializer or a node.
class ModelWriter {
 public:
  ModelWriter();

  // A name that no value has yet; the wanted one, with a number behind it where that is taken.
  std::string unique_name(const std::string& wanted);

  // `name` comes from unique_name().
  void add_initializer(const std::string& name, const Tensor& value);
  void add_input(const std::string& name, const TensorType& type);
  void add_output(const std::string& name, const TensorType& type);
  // Outputs are names of unique_name(); the node takes the name of the first.
  void add_node(std::string_view op_type, const Names& inputs, const Names& outputs, const Attributes& attributes);
  void add_metadata(const std::string& key, const std::string& value);
  void set_graph_name(const std::string& name) { model_.mutable_graph()->set_name(name); }

  // Bytes of all initializers so far.
  std::size_t initializer_bytes() const { return initializer_bytes_; }
  const ModelProto& model() const { return model_; }

 private:
  ModelProto model_;
  std::set<std::string> names_;
  std::map<std::string, std::size_t> next_number_;  // the last number given to a name that was taken
  std::size_t initializer_bytes_ = 0;
};

// The specification's number of an element type.
TensorProto::DataType data_type_of(ElementType type);

}  // namespace octet::onnx
