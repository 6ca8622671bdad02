// The .xml of an IR, laid out as OpenVINO lays it out. read.cc has the grammar.
#include <algorithm>
#include <pugixml.hpp>

#include "base/utf8.h"
#include "formats/openvino_ir/attributes.h"
#include "formats/openvino_ir/ir.h"

namespace octet::openvino_ir {
namespace {

void set(pugi::xml_node element, const char* name, const std::string& value) {
  element.append_attribute(name).set_value(text_for_xml(value).c_str());
}

void set(pugi::xml_node element, const char* name, std::int64_t value) {
  element.append_attribute(name).set_value(static_cast<long long>(value));
}

std::string joined_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ',';
    for (const char c : name) text += c == ',' ? std::string("\\,") : std::string(1, c);
  }
  return text;
}

void write_ports(pugi::xml_node layer, const char* element, const std::vector<Port>& ports) {
  if (ports.empty()) return;
  pugi::xml_node list = layer.append_child(element);
  for (const Port& port : ports) {
    pugi::xml_node node = list.append_child("port");
    set(node, "id", port.id);
    if (!port.precision.empty()) set(node, "precision", port.precision);
    if (!port.names.empty()) set(node, "names", joined_names(port.names));
    for (const std::int64_t dim : port.dims) node.append_child("dim").text().set(static_cast<long long>(dim));
  }
}

void write_layer(pugi::xml_node layers, const Layer& layer) {
  pugi::xml_node node = layers.append_child("layer");
  set(node, "id", layer.id);
  set(node, "name", layer.name);
  set(node, "type", layer.type);
  if (!layer.opset.empty()) set(node, "version", layer.opset);
  if (!layer.output_names.empty()) set(node, "output_names", joined_names(layer.output_names));
  if (!layer.attributes.empty()) {
    pugi::xml_node data = node.append_child("data");
    for (const Attribute& attribute : layer.attributes) set(data, attribute.name.c_str(), attribute.value);
  }
  write_ports(node, "input", layer.inputs);
  write_ports(node, "output", layer.outputs);
}

void write_edge(pugi::xml_node edges, const Edge& edge) {
  pugi::xml_node node = edges.append_child("edge");
  set(node, "from-layer", edge.from_layer);
  set(node, "from-port", edge.from_port);
  set(node, "to-layer", edge.to_layer);
  set(node, "to-port", edge.to_port);
}

bool is_element_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto inner = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && name != "info" && letter(name[0]) && std::all_of(name.begin(), name.end(), inner);
}

void write_info(pugi::xml_node parent, const Info& info) {
  const bool plain = is_element_name(info.name);
  pugi::xml_node node = parent.append_child(plain ? info.name.c_str() : "info");
  if (!plain) set(node, "name", info.name);
  if (info.children.empty() || !info.value.empty()) set(node, "value", info.value);
  for (const Info& child : info.children) write_info(node, child);
}

struct StringWriter final : pugi::xml_writer {
  std::string text;
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

}  // namespace

std::string write_network(const Network& network) {
  pugi::xml_document document;
  pugi::xml_node net = document.append_child("net");
  set(net, "name", network.name);
  set(net, "version", network.version);
  pugi::xml_node layers = net.append_child("layers");
  for (const Layer& layer : network.layers) write_layer(layers, layer);
  pugi::xml_node edges = net.append_child("edges");
  for (const Edge& edge : network.edges) write_edge(edges, edge);
  pugi::xml_node rt_info = net.append_child("rt_info");
  for (const Info& info : network.rt_info) write_info(rt_info, info);
  StringWriter writer;
  document.save(writer, "\t", pugi::format_default, pugi::encoding_utf8);
  return std::move(writer.text);
}

}  // namespace octet::openvino_ir
