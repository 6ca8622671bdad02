// The .xml of an IR, parsed with pugixml: it leaves DTDs and external entities alone, so a file cannot reach out or grow.
//   net[name, version]
//     layers / layer[id, name, type, version, output_names] / data[...], input / port[id, precision] / dim,
//                                                              output / port[id, precision, names] / dim
//     edges / edge[from-layer, from-port, to-layer, to-port]
//     rt_info / ...
//     meta_data / ...   in older files
#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "formats/openvino_ir/attributes.h"
#include "formats/openvino_ir/ir.h"

namespace octet::openvino_ir {
namespace {

constexpr std::size_t kMaxXmlBytes = std::size_t{64} << 20;
constexpr int kMaxInfoDepth = 16;
constexpr std::size_t kMaxRank = 16;
constexpr std::size_t kMaxPorts = 4096;

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

Result<std::int64_t> read_integer(const pugi::xml_node& element, const char* name) {
  const pugi::xml_attribute attribute = element.attribute(name);
  if (!attribute) return malformed(fmt::format("<{}> has no attribute '{}'", element.name(), name));
  const auto value = integer_from_text(attribute.value());
  if (!value) return malformed(fmt::format("<{} {}=\"{:.40}\"> is not an integer", element.name(), name, attribute.value()));
  return *value;
}

// Names with commas between them; a comma inside one is written "\,".
std::vector<std::string> read_names(std::string_view text) {
  std::vector<std::string> names;
  if (text.empty()) return names;
  names.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',')
      names.emplace_back();
    else if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',')
      names.back() += text[++i];
    else
      names.back() += text[i];
  }
  std::erase_if(names, [](const std::string& name) { return name.empty(); });
  return names;
}

Result<Port> read_port(const pugi::xml_node& element) {
  Port port;
  OCTET_ASSIGN(port.id, read_integer(element, "id"));
  port.precision = element.attribute("precision").value();
  port.names = read_names(element.attribute("names").value());
  for (const pugi::xml_node& dim : element.children("dim")) {
    const auto size = integer_from_text(dim.child_value());
    if (!size || *size < -1) return malformed(fmt::format("port {} has the dimension \"{:.40}\"", port.id, dim.child_value()));
    if (port.dims.size() == kMaxRank) return malformed(fmt::format("port {} has more than {} dimensions", port.id, kMaxRank));
    port.dims.push_back(*size);
  }
  return port;
}

Result<std::vector<Port>> read_ports(const pugi::xml_node& element) {
  std::vector<Port> ports;
  for (const pugi::xml_node& child : element.children("port")) {
    if (ports.size() == kMaxPorts) return malformed(fmt::format("has more than {} ports", kMaxPorts));
    OCTET_ASSIGN(Port port, read_port(child));
    ports.push_back(std::move(port));
  }
  return ports;
}

Result<Layer> read_layer(const pugi::xml_node& element) {
  Layer layer;
  OCTET_ASSIGN(layer.id, read_integer(element, "id"));
  layer.name = element.attribute("name").value();
  layer.type = element.attribute("type").value();
  layer.opset = element.attribute("version").value();
  layer.output_names = read_names(element.attribute("output_names").value());
  if (layer.type.empty()) return malformed(fmt::format("layer '{}' has no type", layer.name));
  for (const pugi::xml_attribute& attribute : element.child("data").attributes())
    layer.attributes.push_back({attribute.name(), attribute.value()});
  OCTET_ASSIGN_AT(layer.inputs, read_ports(element.child("input")), describe(layer));
  OCTET_ASSIGN_AT(layer.outputs, read_ports(element.child("output")), describe(layer));
  return layer;
}

Result<Edge> read_edge(const pugi::xml_node& element) {
  Edge edge;
  OCTET_ASSIGN(edge.from_layer, read_integer(element, "from-layer"));
  OCTET_ASSIGN(edge.from_port, read_integer(element, "from-port"));
  OCTET_ASSIGN(edge.to_layer, read_integer(element, "to-layer"));
  OCTET_ASSIGN(edge.to_port, read_integer(element, "to-port"));
  return edge;
}

Result<std::vector<Info>> read_info(const pugi::xml_node& parent, int depth) {
  if (depth > kMaxInfoDepth) return malformed(fmt::format("<rt_info> is nested deeper than {} levels", kMaxInfoDepth));
  std::vector<Info> infos;
  for (const pugi::xml_node& element : parent.children()) {
    if (element.type() != pugi::node_element) continue;
    const pugi::xml_attribute name = element.attribute("name");
    Info info{name && std::string_view(element.name()) == "info" ? name.value() : element.name(), element.attribute("value").value(), {}};
    OCTET_ASSIGN(info.children, read_info(element, depth + 1));
    infos.push_back(std::move(info));
  }
  return infos;
}

Result<pugi::xml_node> find_net(const pugi::xml_document& document, const pugi::xml_parse_result& parsed) {
  if (!parsed) return malformed(fmt::format("not XML: {} at byte {}", parsed.description(), parsed.offset));
  const pugi::xml_node net = document.child("net");
  if (!net) return malformed("no OpenVINO IR: there is no <net> element");
  return net;
}

}  // namespace

Result<Network> read_network(std::string_view xml) {
  if (xml.size() > kMaxXmlBytes) return malformed(fmt::format("has {} bytes, more than the limit of {}", xml.size(), kMaxXmlBytes));
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8);
  OCTET_ASSIGN(const pugi::xml_node net, find_net(document, parsed));

  Network network;
  network.name = net.attribute("name").value();
  OCTET_ASSIGN(network.version, read_integer(net, "version"));
  if (network.version != 10 && network.version != 11)
    return Error{ErrorCode::kUnsupported, fmt::format("IR version {} is not supported (10, 11); convert the model anew", network.version)};
  for (const pugi::xml_node& element : net.child("layers").children("layer")) {
    OCTET_ASSIGN(Layer layer, read_layer(element));
    network.layers.push_back(std::move(layer));
  }
  for (const pugi::xml_node& element : net.child("edges").children("edge")) {
    OCTET_ASSIGN(Edge edge, read_edge(element));
    network.edges.push_back(edge);
  }
  OCTET_ASSIGN(network.rt_info, read_info(net.child("rt_info"), 0));
  if (const pugi::xml_node meta_data = net.child("meta_data")) {
    OCTET_ASSIGN(auto children, read_info(meta_data, 1));
    network.rt_info.push_back({"meta_data", "", std::move(children)});
  }
  return network;
}

}  // namespace octet::openvino_ir
