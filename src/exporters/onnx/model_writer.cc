#include "exporters/onnx/model_writer.h"

#include "base/version.h"

namespace octet::onnx {
namespace {

// Opset 17 is read by ONNX Runtime from 1.12 and by OpenVINO from 2022.3 on, and belongs to version 8 of the file format.
constexpr std::int64_t kIrVersion = 8, kOpset = 17;

void set_type(const TensorType& type, TypeProto& proto) {
  auto& tensor = *proto.mutable_tensor_type();
  tensor.set_elem_type(data_type_of(type.element));
  tensor.mutable_shape();  // a scalar has a shape, too
  for (const std::int64_t size : type.shape) tensor.mutable_shape()->add_dim()->set_dim_value(size);
}

struct SetValue {
  AttributeProto& proto;

  void operator()(std::int64_t value) const {
    proto.set_type(AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const std::string& value) const {
    proto.set_type(AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    proto.set_type(AttributeProto::INTS);
    for (const std::int64_t value : values) proto.add_ints(value);
  }
};

}  // namespace

TensorProto::DataType data_type_of(ElementType type) {
  switch (type) {
    case ElementType::kF32:
      return TensorProto::FLOAT;
    case ElementType::kF16:
      return TensorProto::FLOAT16;
    case ElementType::kF64:
      return TensorProto::DOUBLE;
    case ElementType::kI8:
      return TensorProto::INT8;
    case ElementType::kU8:
      return TensorProto::UINT8;
    case ElementType::kI16:
      return TensorProto::INT16;
    case ElementType::kU16:
      return TensorProto::UINT16;
    case ElementType::kI32:
      return TensorProto::INT32;
    case ElementType::kU32:
      return TensorProto::UINT32;
    case ElementType::kI64:
      return TensorProto::INT64;
    case ElementType::kU64:
      return TensorProto::UINT64;
    case ElementType::kBoolean:
      return TensorProto::BOOL;
  }
  return TensorProto::UNDEFINED;
}

ModelWriter::ModelWriter() {
  model_.set_ir_version(kIrVersion);
  model_.set_producer_name("octet");
  model_.set_producer_version(kVersion);
  auto& opset = *model_.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOpset);
  model_.mutable_graph();
}

std::string ModelWriter::unique_name(const std::string& wanted) {
  const std::string& base = wanted.empty() ? "value" : wanted;
  if (names_.insert(base).second) return base;
  for (std::size_t& number = next_number_[base];;) {
    std::string name = base + "_" + std::to_string(++number);
    if (names_.insert(name).second) return name;
  }
}

void ModelWriter::add_initializer(const std::string& name, const Tensor& value) {
  TensorProto& proto = *model_.mutable_graph()->add_initializer();
  proto.set_name(name);
  proto.set_data_type(data_type_of(value.type()));
  for (const std::int64_t size : value.shape()) proto.add_dims(size);
  proto.set_raw_data(value.bytes().data(), value.bytes().size());
  initializer_bytes_ += value.bytes().size();
}

void ModelWriter::add_input(const std::string& name, const TensorType& type) {
  ValueInfoProto& input = *model_.mutable_graph()->add_input();
  input.set_name(name);
  set_type(type, *input.mutable_type());
}

void ModelWriter::add_output(const std::string& name, const TensorType& type) {
  ValueInfoProto& output = *model_.mutable_graph()->add_output();
  output.set_name(name);
  set_type(type, *output.mutable_type());
}

void ModelWriter::add_node(std::string_view op_type, const Names& inputs, const Names& outputs, const Attributes& attributes) {
  NodeProto& node = *model_.mutable_graph()->add_node();
  node.set_name(outputs.front());
  node.set_op_type(std::string(op_type));
  for (const std::string& input : inputs) node.add_input(input);
  for (const std::string& output : outputs) node.add_output(output);
  for (const Attribute& attribute : attributes) {
    AttributeProto& proto = *node.add_attribute();
    proto.set_name(std::string(attribute.name));
    std::visit(SetValue{proto}, attribute.value);
  }
}

void ModelWriter::add_metadata(const std::string& key, const std::string& value) {
  StringStringEntryProto& entry = *model_.add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
}

}  // namespace octet::onnx
