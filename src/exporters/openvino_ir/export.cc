#include "exporters/openvino_ir/export.h"

#include "exporters/openvino_ir/attributes.h"
#include "exporters/openvino_ir/constant_pool.h"
#include "formats/openvino_ir/attributes.h"
#include "formats/openvino_ir/ir.h"
#include "graph/counted_padding.h"
#include "graph/op_schema.h"
#include "graph/scaled_quantizers.h"

namespace octet {
namespace openvino_ir {
namespace {

std::string text(std::string_view view) { return std::string(view); }

class NetworkExport {
 public:
  explicit NetworkExport(const Graph& graph) : graph_(graph) {}

  Network run();
  const ConstantPool& constants() const { return constants_; }

 private:
  // Where a value lies in the file.
  struct Place {
    std::int64_t layer = 0, port = 0;
  };
  struct Input {
    TensorType type;
    Place from;
  };

  void export_node(const Node& node, std::size_t index);
  std::vector<Input> add_resize_constants(const Node& node);
  Layer begin_layer(const std::string& name, std::string type, std::string opset);
  void add_input(Layer& layer, const Input& input);
  void add_output(Layer& layer, const TensorType& type, std::vector<std::string> names = {});
  Place add_constant(const std::string& name, const Tensor& value);
  std::vector<std::string> names_of(Value value) const;

  const Graph& graph_;
  Network network_;
  ConstantPool constants_;
  std::vector<std::vector<Place>> places_;  // by node and output
  std::vector<std::vector<NodeId>> readers_;
  std::vector<Tensor> own_constants_;  // those that the graph does not hold
};

Port port(std::size_t id, const TensorType& type) {
  return {static_cast<std::int64_t>(id), text(precision_of_element(name_of(type.element))), type.shape, {}};
}

Layer NetworkExport::begin_layer(const std::string& name, std::string type, std::string opset) {
  Layer layer;
  layer.id = static_cast<std::int64_t>(network_.layers.size());
  layer.name = name;
  layer.type = std::move(type);
  layer.opset = std::move(opset);
  return layer;
}

void NetworkExport::add_input(Layer& layer, const Input& input) {
  layer.inputs.push_back(port(layer.inputs.size(), input.type));
  network_.edges.push_back({input.from.layer, input.from.port, layer.id, layer.inputs.back().id});
}

void NetworkExport::add_output(Layer& layer, const TensorType& type, std::vector<std::string> names) {
  layer.outputs.push_back(port(layer.inputs.size() + layer.outputs.size(), type));
  layer.outputs.back().names = std::move(names);
}

NetworkExport::Place NetworkExport::add_constant(const std::string& name, const Tensor& value) {
  Layer layer = begin_layer(name, "Const", "opset1");
  layer.attributes = {{"element_type", text(name_of(value.type()))},
                      {"shape", text_from_integers(value.shape())},
                      {"offset", std::to_string(constants_.place(value.bytes()))},
                      {"size", std::to_string(value.bytes().size())}};
  add_output(layer, {value.type(), value.shape()});
  network_.layers.push_back(std::move(layer));
  return {network_.layers.back().id, 0};
}

// Names of the tensor: of the input that it is, or of the outputs that it feeds.
std::vector<std::string> NetworkExport::names_of(Value value) const {
  std::vector<std::string> names;
  const auto add = [&](const Node& node, const std::vector<std::string>& further_names) {
    names.push_back(node.name);
    names.insert(names.end(), further_names.begin(), further_names.end());
  };
  if (const auto* parameter = std::get_if<Parameter>(&graph_.node(value).op)) {
    add(graph_.node(value), parameter->further_names);
    return names;
  }
  for (const NodeId reader : readers_[index_of(value.node)]) {
    const Node& node = graph_.node(reader);
    if (const auto* output = std::get_if<Output>(&node.op); output && node.inputs[0] == value) add(node, output->further_names);
  }
  return names;
}

// opset4 wants scales and axes behind the sizes.
std::vector<NetworkExport::Input> NetworkExport::add_resize_constants(const Node& node) {
  const Shape &from = graph_.shape(node.inputs[0]), &to = node.outputs[0].shape;
  const auto scale = [&](std::size_t axis) { return static_cast<float>(static_cast<double>(to[axis]) / static_cast<double>(from[axis])); };
  const Tensor scales = own_constants_.emplace_back(Tensor::of<float>({2}, std::vector<float>{scale(2), scale(3)}));
  const Tensor axes = own_constants_.emplace_back(Tensor::of<std::int64_t>({2}, std::vector<std::int64_t>{2, 3}));
  const Place scales_at = add_constant(node.name + "/scales", scales), axes_at = add_constant(node.name + "/axes", axes);
  return {{{scales.type(), scales.shape()}, scales_at}, {{axes.type(), axes.shape()}, axes_at}};
}

void NetworkExport::export_node(const Node& node, std::size_t index) {
  if (const auto* constant = std::get_if<Constant>(&node.op)) {
    places_[index] = {add_constant(node.name, constant->value)};
    return;
  }
  std::vector<Input> inputs;
  for (const Value input : node.inputs) inputs.push_back({graph_.type(input), places_[index_of(input.node)][input.port]});
  if (std::holds_alternative<Interpolate>(node.op))
    for (Input& input : add_resize_constants(node)) inputs.push_back(std::move(input));
  const OpSchema schema = schema_of(node.op);
  Layer layer = begin_layer(node.name, text(schema.name), text(schema.opset));
  layer.attributes = attributes_of(node.op);
  for (const Input& input : inputs) add_input(layer, input);
  if (const auto* output = std::get_if<Output>(&node.op)) {
    layer.output_names = {node.name};
    layer.output_names.insert(layer.output_names.end(), output->further_names.begin(), output->further_names.end());
  } else {
    for (std::uint32_t i = 0; i < node.outputs.size(); ++i) {
      add_output(layer, node.outputs[i], names_of({static_cast<NodeId>(index), i}));
      places_[index].push_back({layer.id, layer.outputs.back().id});
    }
    if (layer.type == "MaxPool" && layer.opset == "opset8") add_output(layer, {ElementType::kI64, node.outputs[0].shape});
  }
  network_.layers.push_back(std::move(layer));
}

Network NetworkExport::run() {
  network_.name = graph_.name;
  readers_ = graph_.all_readers();
  places_.resize(graph_.nodes().size());
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i) export_node(graph_.nodes()[i], i);
  if (!graph_.model_info.empty()) {
    Info model_info{"model_info", "", {}};
    for (const auto& [key, value] : graph_.model_info) model_info.children.push_back({key, value, {}});
    network_.rt_info.push_back(std::move(model_info));
  }
  return std::move(network_);
}

}  // namespace
}  // namespace openvino_ir

Status add_openvino_ir(const Graph& graph, const std::filesystem::path& xml, FileTransaction& files, const SeeWritten& see) {
  if (xml.extension() != ".xml") return Error{ErrorCode::kInvalidArgument, xml.string() + ": an IR's file name must end in .xml"};
  Graph stored = graph;
  split_counted_padding(stored);
  scales_into_limits(stored);
  openvino_ir::NetworkExport network(stored);
  const std::string text = openvino_ir::write_network(network.run());
  // The .bin first: files take their places in this order, and an .xml shall never lack its .bin.
  const std::filesystem::path bin = std::filesystem::path(xml).replace_extension(".bin");
  OCTET_RETURN_IF_ERROR(files.add(bin, [&](const FileTransaction::Sink& sink) {
    return network.constants().write([&](std::span<const std::byte> piece) {
      if (see) see(bin, piece);
      return sink(piece);
    });
  }));
  if (see) see(xml, std::as_bytes(std::span(text)));
  return files.add(xml, text);
}

Status export_openvino_ir(const Graph& graph, const std::filesystem::path& xml) {
  FileTransaction files;
  OCTET_RETURN_IF_ERROR(add_openvino_ir(graph, xml, files));
  return files.commit();
}

}  // namespace octet
