#pragma once

// For tests and fuzzers: writes ONNX models node by node.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "formats/onnx/onnx.pb.h"

namespace octet::onnx {

class ModelWriter {
 public:
  // A model that takes a picture `x` and is to end in `outputs`.
  explicit ModelWriter(std::int64_t opset = 17, std::initializer_list<std::string> outputs = {"y"}) {
    model_.set_ir_version(8);
    auto& set = *model_.add_opset_import();
    set.set_version(opset);
    input("x", 1, {1, 3, 4, 4});
    for (const std::string& name : outputs) model_.mutable_graph()->add_output()->set_name(name);
  }

  ModelProto& model() { return model_; }
  GraphProto& graph() { return *model_.mutable_graph(); }

  void input(const std::string& name, int type, const std::vector<std::int64_t>& shape) {
    auto& added = *graph().add_input();
    added.set_name(name);
    auto& tensor = *added.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    for (const std::int64_t size : shape) tensor.mutable_shape()->add_dim()->set_dim_value(size);
  }

  NodeProto& node(const std::string& op, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
    return fill(*graph().add_node(), op, inputs, outputs);
  }

  static NodeProto& fill(NodeProto& node, const std::string& op, const std::vector<std::string>& inputs,
                         const std::vector<std::string>& outputs) {
    node.set_op_type(op);
    for (const std::string& name : inputs) node.add_input(name);
    for (const std::string& name : outputs) node.add_output(name);
    return node;
  }

  static AttributeProto& attribute(NodeProto& node, const std::string& name, int type) {
    auto& added = *node.add_attribute();
    added.set_name(name);
    added.set_type(static_cast<AttributeProto::AttributeType>(type));
    return added;
  }
  static void integer(NodeProto& node, const std::string& name, std::int64_t value) { attribute(node, name, 2).set_i(value); }
  static void number(NodeProto& node, const std::string& name, float value) { attribute(node, name, 1).set_f(value); }
  static void text(NodeProto& node, const std::string& name, const std::string& value) { attribute(node, name, 3).set_s(value); }
  static void integers(NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values) {
    auto& added = attribute(node, name, 7);
    for (const std::int64_t value : values) added.add_ints(value);
  }

  TensorProto& tensor(const std::string& name, int type, const std::vector<std::int64_t>& shape) {
    auto& added = *graph().add_initializer();
    added.set_name(name);
    added.set_data_type(type);
    for (const std::int64_t size : shape) added.add_dims(size);
    return added;
  }
  void floats(const std::string& name, const std::vector<std::int64_t>& shape, const std::vector<float>& values) {
    auto& added = tensor(name, 1, shape);
    for (const float value : values) added.add_float_data(value);
  }
  void whole(const std::string& name, const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& values) {
    auto& added = tensor(name, 7, shape);
    for (const std::int64_t value : values) added.add_int64_data(value);
  }
  void bytes(const std::string& name, int type, const std::vector<std::int64_t>& shape, const std::string& raw) {
    tensor(name, type, shape).set_raw_data(raw);
  }

  std::string serialized() const { return model_.SerializeAsString(); }
  void write(const std::filesystem::path& path) const { std::ofstream(path, std::ios::binary) << serialized(); }

 private:
  ModelProto model_;
};

}  // namespace octet::onnx
