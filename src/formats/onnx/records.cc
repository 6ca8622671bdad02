#include "formats/onnx/records.h"

namespace octet::onnx {
namespace {

// Old writers leave the type out; the field that is there tells it.
AttributeProto::AttributeType type_of(const AttributeProto& source) {
  if (source.type() != AttributeProto::UNDEFINED) return source.type();
  if (source.has_t()) return AttributeProto::TENSOR;
  if (source.has_g()) return AttributeProto::GRAPH;
  if (source.ints_size() > 0) return AttributeProto::INTS;
  if (source.floats_size() > 0) return AttributeProto::FLOATS;
  if (source.strings_size() > 0) return AttributeProto::STRINGS;
  if (!source.s().empty()) return AttributeProto::STRING;
  return source.f() != 0 ? AttributeProto::FLOAT : AttributeProto::INT;
}

Result<Attribute> attribute_of(AttributeProto& source, Reading& reading) {
  if (!source.ref_attr_name().empty()) return Attribute(AttributeOfCall{std::move(*source.mutable_ref_attr_name())});
  switch (type_of(source)) {
    case AttributeProto::FLOAT:
      return Attribute(source.f());
    case AttributeProto::INT:
      return Attribute(std::int64_t{source.i()});
    case AttributeProto::STRING:
      return Attribute(std::move(*source.mutable_s()));
    case AttributeProto::TENSOR: {
      OCTET_ASSIGN(Tensor tensor, tensor_of(*source.mutable_t(), reading));
      return Attribute(std::move(tensor));
    }
    case AttributeProto::GRAPH: {
      OCTET_ASSIGN(GraphRecord graph, graph_of(*source.mutable_g(), reading));
      return Attribute(std::make_shared<const GraphRecord>(std::move(graph)));
    }
    case AttributeProto::FLOATS:
      return Attribute(std::vector<float>(source.floats().begin(), source.floats().end()));
    case AttributeProto::INTS:
      return Attribute(std::vector<std::int64_t>(source.ints().begin(), source.ints().end()));
    case AttributeProto::STRINGS:
      return Attribute(std::vector<std::string>(source.strings().begin(), source.strings().end()));
    default:
      return Attribute();  // what octet never reads
  }
}

InputRecord input_of(const ValueInfoProto& source) {
  InputRecord input{
      source.name(), static_cast<DataType>(source.type().tensor_type().elem_type()), source.type().tensor_type().has_shape(), {}};
  for (const auto& dim : source.type().tensor_type().shape().dim())
    input.shape.push_back(dim.value_case() == TensorShapeProto::Dimension::kDimValue && dim.dim_value() > 0 ? dim.dim_value() : -1);
  return input;
}

std::string spelled(std::string_view domain) { return domain == "ai.onnx" ? std::string() : std::string(domain); }

}  // namespace

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }
Error unsupported(std::string message) { return {ErrorCode::kUnsupported, std::move(message)}; }

std::string_view kind_of(const Attribute& attribute) {
  constexpr std::string_view kKinds[std::variant_size_v<Attribute>] = {"something that octet does not read",
                                                                       "a whole number",
                                                                       "a number",
                                                                       "text",
                                                                       "a tensor",
                                                                       "a list of whole numbers",
                                                                       "a list of numbers",
                                                                       "a list of texts",
                                                                       "a graph",
                                                                       "an attribute of a function that its call leaves out"};
  return kKinds[attribute.index()];
}

std::string place(const NodeRecord& node) {
  const std::string op = (node.domain.empty() ? "" : node.domain + ".") + node.op;
  if (!node.name.empty()) return "node " + in_quotes(node.name) + " (" + op + ")";
  return "node (" + op + ")" + (node.outputs.empty() ? "" : " that gives " + in_quotes(node.outputs[0]));
}

Result<std::map<std::string, Attribute, std::less<>>> attributes_of(google::protobuf::RepeatedPtrField<AttributeProto>& source,
                                                                    Reading& reading) {
  std::map<std::string, Attribute, std::less<>> attributes;
  for (AttributeProto& attribute : source) {
    OCTET_ASSIGN_AT(Attribute value, attribute_of(attribute, reading), "attribute " + in_quotes(attribute.name()));
    attributes.insert_or_assign(attribute.name(), std::move(value));
  }
  return attributes;
}

Result<NodeRecord> node_of(NodeProto& source, Reading& reading) {
  NodeRecord node{source.name(),
                  source.op_type(),
                  spelled(source.domain()),
                  0,
                  {source.input().begin(), source.input().end()},
                  {source.output().begin(), source.output().end()}};
  if (const auto opset = reading.opsets.find(node.domain); opset != reading.opsets.end()) node.opset = opset->second;
  OCTET_ASSIGN_AT(node.attributes, attributes_of(*source.mutable_attribute(), reading), place(node));
  return node;
}

Result<GraphRecord> graph_of(GraphProto& source, Reading& reading) {
  if (!source.sparse_initializer().empty()) return unsupported("has sparse initializers, which are not supported");
  GraphRecord graph;
  for (TensorProto& initializer : *source.mutable_initializer()) {
    OCTET_ASSIGN(Tensor tensor, tensor_of(initializer, reading));
    if (!graph.initializers.emplace(initializer.name(), std::move(tensor)).second)
      return malformed("two initializers are named " + in_quotes(initializer.name()));
  }
  for (const ValueInfoProto& input : source.input())
    if (!graph.initializers.contains(input.name())) graph.inputs.push_back(input_of(input));
  for (const ValueInfoProto& output : source.output()) {
    graph.outputs.push_back(output.name());
    graph.output_types.push_back(input_of(output).type);
  }
  for (NodeProto& node : *source.mutable_node()) {
    OCTET_ASSIGN(NodeRecord record, node_of(node, reading));
    graph.nodes.push_back(std::move(record));
  }
  return graph;
}

}  // namespace octet::onnx
