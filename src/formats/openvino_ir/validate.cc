#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <queue>
#include <set>
#include <unordered_map>

#include "base/checked_math.h"
#include "formats/openvino_ir/attributes.h"
#include "formats/openvino_ir/ir.h"

namespace octet::openvino_ir {
namespace {

using LayerIndex = std::unordered_map<std::int64_t, std::size_t>;

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

bool has_port(const std::vector<Port>& ports, std::int64_t id) {
  return std::any_of(ports.begin(), ports.end(), [&](const Port& port) { return port.id == id; });
}

Status check_port_ids(const Layer& layer) {
  std::set<std::int64_t> seen;
  for (const auto* ports : {&layer.inputs, &layer.outputs})
    for (const Port& port : *ports)
      if (!seen.insert(port.id).second) return malformed(fmt::format("{}: port {} occurs twice", describe(layer), port.id));
  return {};
}

Result<LayerIndex> index_layers(const Network& network) {
  LayerIndex index;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    if (!index.emplace(layer.id, i).second) return malformed(fmt::format("{}: the id {} is taken", describe(layer), layer.id));
    OCTET_RETURN_IF_ERROR(check_port_ids(layer));
  }
  return index;
}

std::string describe(const Edge& edge) {
  return fmt::format("edge from {}:{} to {}:{}", edge.from_layer, edge.from_port, edge.to_layer, edge.to_port);
}

Status check_edges(const Network& network, const LayerIndex& index) {
  std::set<std::pair<std::int64_t, std::int64_t>> fed;
  for (const Edge& edge : network.edges) {
    const auto from = index.find(edge.from_layer), to = index.find(edge.to_layer);
    if (from == index.end() || to == index.end()) return malformed(describe(edge) + ": there is no such layer");
    const Layer &producer = network.layers[from->second], &consumer = network.layers[to->second];
    if (!has_port(producer.outputs, edge.from_port))
      return malformed(fmt::format("{}: {} has no such output", describe(edge), describe(producer)));
    if (!has_port(consumer.inputs, edge.to_port))
      return malformed(fmt::format("{}: {} has no such input", describe(edge), describe(consumer)));
    if (!fed.emplace(edge.to_layer, edge.to_port).second)
      return malformed(fmt::format("{}: input {} has two edges", describe(consumer), edge.to_port));
  }
  return {};
}

Status check_constant(const Layer& layer, std::size_t weights_bytes) {
  AttributeReader attributes(layer);
  const std::int64_t offset = attributes.integer("offset"), size = attributes.integer("size");
  if (!attributes.status().ok()) return attributes.status().error().at(describe(layer));
  const bool inside = offset >= 0 && size >= 0 && static_cast<std::uint64_t>(offset) <= weights_bytes &&
                      static_cast<std::uint64_t>(size) <= weights_bytes - static_cast<std::uint64_t>(offset);
  if (!inside)
    return malformed(
        fmt::format("{}: its {} bytes at {} do not lie inside the .bin file of {} bytes; is it the file of this model, and whole?",
                    describe(layer), size, offset, weights_bytes));
  return {};
}

struct NamePair {
  std::string_view precision, element;
};
constexpr std::array<NamePair, 12> kPrecisions{{{"FP32", "f32"},
                                                {"FP16", "f16"},
                                                {"FP64", "f64"},
                                                {"I8", "i8"},
                                                {"U8", "u8"},
                                                {"I16", "i16"},
                                                {"U16", "u16"},
                                                {"I32", "i32"},
                                                {"U32", "u32"},
                                                {"I64", "i64"},
                                                {"U64", "u64"},
                                                {"BOOL", "boolean"}}};

}  // namespace

std::string describe(const Layer& layer) { return fmt::format("layer '{}' ({})", layer.name, layer.type); }

Status validate(const Network& network, std::size_t weights_bytes) {
  OCTET_ASSIGN(const LayerIndex index, index_layers(network));
  OCTET_RETURN_IF_ERROR(check_edges(network, index));
  for (const Layer& layer : network.layers)
    if (layer.type == "Const") OCTET_RETURN_IF_ERROR(check_constant(layer, weights_bytes));
  return {};
}

Result<std::vector<std::size_t>> topological_order(const Network& network) {
  OCTET_ASSIGN(const LayerIndex index, index_layers(network));
  std::vector<std::vector<std::size_t>> readers(network.layers.size());
  std::vector<std::size_t> missing(network.layers.size(), 0);
  for (const Edge& edge : network.edges) {
    readers[index.at(edge.from_layer)].push_back(index.at(edge.to_layer));
    ++missing[index.at(edge.to_layer)];
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < missing.size(); ++i)
    if (missing[i] == 0) ready.push(i);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (const std::size_t reader : readers[next])
      if (--missing[reader] == 0) ready.push(reader);
  }
  const auto stuck = std::find_if(missing.begin(), missing.end(), [](std::size_t count) { return count > 0; });
  if (stuck != missing.end())
    return malformed(describe(network.layers[static_cast<std::size_t>(stuck - missing.begin())]) + ": lies on a cycle");
  return order;
}

std::string_view element_of_precision(std::string_view precision) {
  for (const NamePair& pair : kPrecisions)
    if (pair.precision == precision) return pair.element;
  return {};
}

std::string_view precision_of_element(std::string_view element) {
  for (const NamePair& pair : kPrecisions)
    if (pair.element == element) return pair.precision;
  return {};
}

}  // namespace octet::openvino_ir
