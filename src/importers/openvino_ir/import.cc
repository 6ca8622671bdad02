#include "importers/openvino_ir/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>

#include "base/files.h"
#include "formats/openvino_ir/ir.h"
#include "graph/check_numbers.h"
#include "graph/counted_padding.h"
#include "graph/op_schema.h"
#include "graph/scaled_quantizers.h"
#include "importers/openvino_ir/half_limits.h"
#include "importers/openvino_ir/halves.h"
#include "importers/openvino_ir/off_grid.h"
#include "importers/openvino_ir/rules.h"
#include "importers/openvino_ir/tail.h"
#include "recognise/beside/beside.h"
#include "recognise/metadata.h"

namespace octet {
namespace openvino_ir {
namespace {

// The .bin file, and the constants in it.
class Weights {
 public:
  Weights(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) : bytes_(bytes), owner_(std::move(owner)) {}

  std::size_t size_bytes() const { return bytes_.size(); }
  Result<Tensor> constant(const Layer& layer);

 private:
  Result<Tensor> place(ElementType type, Shape shape, std::span<const std::byte> bytes);

  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
  std::size_t copied_bytes_ = 0;
};

Result<Tensor> Weights::constant(const Layer& layer) {
  AttributeReader attributes(layer);
  const std::string type_name = attributes.text("element_type");
  Shape shape = attributes.integers("shape");
  const std::int64_t offset = attributes.integer("offset"), size = attributes.integer("size");
  OCTET_RETURN_IF_ERROR(attributes.status());
  const auto type = element_type_from_name(type_name);
  if (!type) return unsupported("element type '" + type_name + "' is not supported");
  OCTET_RETURN_IF_ERROR(validate_shape(shape));
  if (element_count(shape) == 0) return Tensor(*type, std::move(shape));  // OpenVINO writes a size of 1 here
  if (static_cast<std::uint64_t>(element_count(shape)) * size_of(*type) != static_cast<std::uint64_t>(size))
    return malformed(fmt::format("{}{} does not have {} bytes", type_name, to_string(shape), size));
  return place(*type, std::move(shape), bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size)));
}

// Constants are views of the mapped file; one that is not aligned for its type is copied. Constants may overlap, so
// the file's size alone does not bound the copies.
Result<Tensor> Weights::place(ElementType type, Shape shape, std::span<const std::byte> bytes) {
  const auto is_byte_beyond_one = [](std::byte b) { return b > std::byte{1}; };
  if (type == ElementType::kBoolean && std::any_of(bytes.begin(), bytes.end(), is_byte_beyond_one))
    return malformed("a boolean is neither 0 nor 1");
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % size_of(type) == 0) return Tensor(type, std::move(shape), bytes, owner_);
  copied_bytes_ += bytes.size();
  if (copied_bytes_ > 2 * size_bytes() + (std::size_t{1} << 24)) return malformed("constants overlap too much");
  Tensor copy(type, std::move(shape));
  std::memcpy(const_cast<std::byte*>(copy.bytes().data()), bytes.data(), bytes.size());
  return copy;
}

// The names of a tensor at the border of the network: the one that OpenVINO reports, which is the first in order, and the others.
struct PortNames {
  std::string name;
  std::vector<std::string> further;
};

PortNames port_names(const std::vector<std::string>& names, const std::string& otherwise) {
  const std::set<std::string> ordered(names.begin(), names.end());
  if (ordered.empty()) return {otherwise, {}};
  return {*ordered.begin(), {std::next(ordered.begin()), ordered.end()}};
}

PortNames names_of_output(const Layer& result, const Layer& producer, std::size_t output) {
  if (!result.output_names.empty()) return port_names(result.output_names, "");
  return port_names(producer.outputs[output].names,
                    producer.outputs.size() == 1 ? producer.name : fmt::format("{}.{}", producer.name, output));
}

class NetworkImport {
 public:
  NetworkImport(const Network& network, Weights weights, ImageSize open) : network_(network), weights_(std::move(weights)), open_(open) {}

  Result<Graph> run();
  // The same of a network that is cut in front of the end by which it chooses among its boxes, where it has such an end.
  Result<ImportedIr> run_cut();

 private:
  Status prepare();
  Status connect();
  std::vector<bool> needed_layers() const;
  Status add_cut_outputs();
  Result<Graph> import_layers();
  void claim_port_names();
  Result<std::vector<Value>> inputs_of(std::size_t index);
  Result<std::vector<Value>> import_layer(std::size_t index);
  Result<std::vector<Value>> import_parameter(std::size_t index);
  Result<std::vector<Value>> import_constant(std::size_t index);
  Result<std::vector<Value>> add_named(Op op, std::vector<Value> inputs, const std::string& name);
  Status check_outputs(const Layer& layer, const std::vector<Value>& outputs) const;

  const Network& network_;
  Weights weights_;
  std::vector<std::size_t> order_;
  std::optional<NetworkTail> tail_;           // where the network is cut
  ImageSize open_;                            // of a picture that leaves its sides open; zeros: not known
  std::vector<std::vector<Source>> sources_;  // by layer and input
  std::vector<std::vector<Value>> values_;    // by layer and output
  std::vector<PortNames> port_names_;         // by layer; of Parameter and Result
  std::vector<PortNames> cut_names_;          // of the outputs at which the network is cut
  Graph graph_;
  NameClaims names_;
  KnownValues known_;
};

// The newest of OpenVINO's opsets whose operations are read; what a later one means by a name is not known.
constexpr int kNewestOpset = 16;

bool is_known_opset(std::string_view opset) {
  for (int number = 1; number <= kNewestOpset; ++number)
    if (opset == fmt::format("opset{}", number)) return true;
  return false;
}

std::size_t place_of(const std::vector<Port>& ports, std::int64_t id) {
  const auto found = std::find_if(ports.begin(), ports.end(), [&](const Port& port) { return port.id == id; });
  return static_cast<std::size_t>(found - ports.begin());
}

Status NetworkImport::connect() {
  std::unordered_map<std::int64_t, std::size_t> index;
  for (std::size_t i = 0; i < network_.layers.size(); ++i) {
    index.emplace(network_.layers[i].id, i);
    sources_.emplace_back(network_.layers[i].inputs.size());
  }
  for (const Edge& edge : network_.edges) {
    const std::size_t from = index.at(edge.from_layer), to = index.at(edge.to_layer);
    sources_[to][place_of(network_.layers[to].inputs, edge.to_port)] = {from, place_of(network_.layers[from].outputs, edge.from_port)};
  }
  for (std::size_t i = 0; i < sources_.size(); ++i)
    for (std::size_t input = 0; input < sources_[i].size(); ++input)
      if (sources_[i][input].layer == SIZE_MAX)
        return malformed(fmt::format("{}: no edge leads to input {}", describe(network_.layers[i]), input));
  return {};
}

void NetworkImport::claim_port_names() {
  port_names_.resize(network_.layers.size());
  for (std::size_t i = 0; i < network_.layers.size(); ++i) {
    const Layer& layer = network_.layers[i];
    PortNames& names = port_names_[i];
    if (layer.type == "Parameter")
      names = port_names(layer.outputs.empty() ? std::vector<std::string>() : layer.outputs[0].names, layer.name);
    else if (layer.type == "Result" && sources_[i].size() == 1)
      names = names_of_output(layer, network_.layers[sources_[i][0].layer], sources_[i][0].output);
    if (!names.name.empty()) names.name = names_.claim(names.name);
  }
  if (!tail_) return;
  for (const Source& output : tail_->outputs) {
    PortNames& names = cut_names_.emplace_back(names_of_output({}, network_.layers[output.layer], output.output));
    names.name = names_.claim(names.name);
  }
}

Result<std::vector<Value>> NetworkImport::add_named(Op op, std::vector<Value> inputs, const std::string& name) {
  OCTET_ASSIGN(const NodeId id, graph_.add(std::move(op), std::move(inputs), name));
  known_.extend(graph_);
  return std::vector<Value>{{id, 0}};
}

bool is_open(std::string_view size) { return size == "?" || size == "-1" || size.find("..") != std::string_view::npos; }

// "?,3,640,640" as [-1,3,640,640]; nothing where it is no list of sizes.
std::optional<Shape> shape_with_open_sides(std::string_view text) {
  std::string sizes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view size = text.substr(0, end);
    sizes += (sizes.empty() ? "" : ",") + (is_open(size) ? "-1" : std::string(size));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return integers_from_text(sizes);
}

// A picture's shape, closed; nothing for another, or where a side is not known.
std::optional<Shape> picture_shape(std::string_view text, ImageSize open) {
  auto shape = shape_with_open_sides(text);
  if (!shape || shape->size() != 4) return std::nullopt;
  const std::size_t channels = (*shape)[1] != 3 && (*shape)[3] == 3 ? 3 : 1, rows = channels == 1 ? 2 : 1;
  const auto close = [](std::int64_t& side, std::int64_t with) { side = side < 0 ? with : side; };
  close((*shape)[0], 1);
  close((*shape)[rows], open.height);
  close((*shape)[rows + 1], open.width);
  const bool is_closed = (*shape)[channels] == 3 && (*shape)[rows] > 0 && (*shape)[rows + 1] > 0;
  return is_closed ? shape : std::nullopt;
}

Result<std::vector<Value>> NetworkImport::import_parameter(std::size_t index) {
  const Layer& layer = network_.layers[index];
  AttributeReader attributes(layer);
  const std::string shape_text = attributes.text("shape"), type_name = attributes.text("element_type");
  OCTET_RETURN_IF_ERROR(attributes.status());
  auto shape = integers_from_text(shape_text);
  if (!shape || std::any_of(shape->begin(), shape->end(), [](std::int64_t size) { return size < 0; }))
    shape = picture_shape(shape_text, open_);
  if (!shape)
    return unsupported(
        fmt::format("shape [{:.60}] is dynamic; declare a picture's sides as orig_height and orig_width under model_info in a "
                    "YAML file (--model), or reshape the model to a static shape first",
                    shape_text));
  const auto type = element_type_from_name(type_name);
  if (!type) return unsupported("element type '" + type_name + "' is not supported");
  OCTET_RETURN_IF_ERROR(validate_shape(*shape));
  return add_named(Parameter{*type, *shape, port_names_[index].further}, {}, port_names_[index].name);
}

Result<std::vector<Value>> NetworkImport::import_constant(std::size_t index) {
  OCTET_ASSIGN(Tensor value, weights_.constant(network_.layers[index]));
  return add_named(Constant{std::move(value)}, {}, names_.claim(network_.layers[index].name));
}

Result<std::vector<Value>> NetworkImport::inputs_of(std::size_t index) {
  std::vector<Value> inputs;
  for (const Source& source : sources_[index]) {
    const auto& outputs = values_[source.layer];
    if (source.output >= outputs.size())
      return unsupported(
          fmt::format("reads output {} of {}, which is not supported", source.output, describe(network_.layers[source.layer])));
    inputs.push_back(outputs[source.output]);
  }
  return inputs;
}

Result<std::vector<Value>> NetworkImport::import_layer(std::size_t index) {
  const Layer& layer = network_.layers[index];
  if (layer.type == "Parameter") return import_parameter(index);
  if (layer.type == "Const") return import_constant(index);
  OCTET_ASSIGN(std::vector<Value> inputs, inputs_of(index));
  if (layer.type == "Result") {
    OCTET_RETURN_IF_ERROR(check_input_count(inputs.size(), 1, 1));
    return add_named(Output{port_names_[index].further}, std::move(inputs), port_names_[index].name);
  }
  const auto rule = find_rule(layer.type);
  if (!rule) return unsupported("this operation is not supported");
  if (!is_known_opset(layer.opset))
    return unsupported(fmt::format("version=\"{:.40}\" of an operation is not supported (opset1 to opset{})", layer.opset, kNewestOpset));
  OCTET_RETURN_IF_ERROR(check_input_count(inputs.size(), rule->least_inputs, rule->most_inputs));
  LayerImport import(layer, std::move(inputs), graph_, names_, known_);
  return rule->import(import);
}

// What the file says of its outputs must be what follows from the inputs; a file that was edited by hand shows here.
Status NetworkImport::check_outputs(const Layer& layer, const std::vector<Value>& outputs) const {
  for (std::size_t i = 0; i < std::min(outputs.size(), layer.outputs.size()); ++i) {
    const Port& stated = layer.outputs[i];
    const TensorType& inferred = graph_.type(outputs[i]);
    const auto fits = [](std::int64_t said, std::int64_t size) { return said == -1 || said == size; };
    if (!std::equal(stated.dims.begin(), stated.dims.end(), inferred.shape.begin(), inferred.shape.end(), fits))
      return malformed(fmt::format("output {} is {} in the file, but follows as {}", i, to_string(stated.dims), to_string(inferred.shape)));
    const std::string_view element = element_of_precision(stated.precision);
    if (element.empty() && !stated.precision.empty())
      return unsupported(fmt::format("output {} is of the element type '{:.40}', which is not supported", i, stated.precision));
    if (!element.empty() && element != name_of(inferred.element))
      return malformed(fmt::format("output {} is {} in the file, but follows as {}", i, element, name_of(inferred.element)));
  }
  return {};
}

void flatten(const Info& info, const std::string& prefix, std::map<std::string, std::string>& flat) {
  const std::string key = prefix.empty() ? info.name : prefix + "." + info.name;
  if (info.children.empty() || !info.value.empty()) flat[key] = info.value;
  for (const Info& child : info.children) flatten(child, key, flat);
}

Status NetworkImport::prepare() {
  OCTET_RETURN_IF_ERROR(validate(network_, weights_.size_bytes()));
  OCTET_ASSIGN(order_, topological_order(network_));
  return connect();
}

Result<Graph> NetworkImport::run() {
  OCTET_RETURN_IF_ERROR(prepare());
  return import_layers();
}

Result<ImportedIr> NetworkImport::run_cut() {
  OCTET_RETURN_IF_ERROR(prepare());
  OCTET_ASSIGN(tail_, find_tail(network_, order_, sources_, [&](const Layer& layer) { return weights_.constant(layer); }));
  OCTET_ASSIGN(Graph graph, import_layers());
  return ImportedIr{std::move(graph), tail_ ? std::optional(tail_->end) : std::nullopt, converter_steps(network_)};
}

// All, or those that the values depend on at which the network is cut.
std::vector<bool> NetworkImport::needed_layers() const {
  std::vector<bool> needed(network_.layers.size(), !tail_);
  if (!tail_) return needed;
  for (const Source& output : tail_->outputs) needed[output.layer] = true;
  for (auto index = order_.rbegin(); index != order_.rend(); ++index)
    if (needed[*index])
      for (const Source& source : sources_[*index]) needed[source.layer] = true;
  return needed;
}

Status NetworkImport::add_cut_outputs() {
  if (!tail_) return {};
  for (std::size_t i = 0; i < tail_->outputs.size(); ++i) {
    const Source& output = tail_->outputs[i];
    if (output.output >= values_[output.layer].size())
      return unsupported(fmt::format("output {} of {} is not supported", output.output, describe(network_.layers[output.layer])));
    OCTET_RETURN_IF_ERROR(add_named(Output{cut_names_[i].further}, {values_[output.layer][output.output]}, cut_names_[i].name));
  }
  return {};
}

Result<Graph> NetworkImport::import_layers() {
  claim_port_names();
  graph_.name = network_.name;
  values_.resize(network_.layers.size());
  const std::vector<bool> needed = needed_layers();
  for (const std::size_t index : order_) {
    const Layer& layer = network_.layers[index];
    if (!needed[index]) continue;
    OCTET_ASSIGN_AT(values_[index], import_layer(index), describe(layer));
    if (auto status = check_outputs(layer, values_[index]); !status.ok()) return status.error().at(describe(layer));
  }
  OCTET_RETURN_IF_ERROR(add_cut_outputs());
  if (graph_.outputs().empty()) return malformed("the network has no Result layer");
  for (const Info& info : network_.rt_info)
    if (info.name == "model_info")
      for (const Info& child : info.children) flatten(child, "", graph_.model_info);
  graph_.tidy();
  restore_half_limits(graph_);
  scales_out_of_limits(graph_);
  join_counted_padding(graph_);
  OCTET_RETURN_IF_ERROR(check_numbers(graph_));
  graph_ = with_floats_for_halves(std::move(graph_));
  put_zeros_on_levels(graph_);
  return std::move(graph_);
}

// Only a network with constants needs the .bin file.
Result<MappedFile> open_weights(const Network& network, const std::filesystem::path& xml) {
  const bool needed = std::any_of(network.layers.begin(), network.layers.end(), [](const Layer& layer) { return layer.type == "Const"; });
  if (!needed) return MappedFile();
  return MappedFile::open(std::filesystem::path(xml).replace_extension(".bin"));
}

bool is_open_shape(const Attribute& attribute) {
  if (attribute.name != "shape") return false;
  const auto shape = integers_from_text(attribute.value);
  return !shape || std::ranges::any_of(*shape, [](std::int64_t size) { return size < 0; });
}

bool leaves_sizes_open(const Network& network) {
  return std::ranges::any_of(
      network.layers, [](const Layer& layer) { return layer.type == "Parameter" && std::ranges::any_of(layer.attributes, is_open_shape); });
}

// What the file beside says is asked for only where a size is open.
Result<ImageSize> open_sides(const Network& network, const std::filesystem::path& xml, const ModelInfo& declared) {
  if (!leaves_sizes_open(network)) return ImageSize{};
  OCTET_ASSIGN(const Beside beside, read_beside(xml));
  return stated_size(declared, beside.keys);
}

std::string_view text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace
}  // namespace openvino_ir

namespace {

// What `import(NetworkImport&)` makes of a file.
template <typename Import>
auto import_file(const std::filesystem::path& xml, const ModelInfo& declared, const Import& import)
    -> decltype(import(std::declval<openvino_ir::NetworkImport&>())) {
  // The view keeps a writer from putting another model's .bin beside this .xml before both are open.
  OCTET_ASSIGN(std::optional<FolderView> view, FolderView::open(xml.parent_path()));
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(xml));
  OCTET_ASSIGN_AT(const openvino_ir::Network network, openvino_ir::read_network(openvino_ir::text_of(file.bytes())), xml.string());
  OCTET_ASSIGN(MappedFile mapped, openvino_ir::open_weights(network, xml));
  OCTET_ASSIGN_AT(const ImageSize open, openvino_ir::open_sides(network, xml, declared), xml.string());
  view.reset();
  const auto owner = std::make_shared<const MappedFile>(std::move(mapped));
  openvino_ir::NetworkImport importing(network, openvino_ir::Weights(owner->bytes(), owner), open);
  auto imported = import(importing);
  if (!imported.ok()) return imported.error().at(xml.string());
  return imported;
}

}  // namespace

Result<Graph> import_openvino_ir(const std::filesystem::path& xml, const ModelInfo& declared) {
  return import_file(xml, declared, [](openvino_ir::NetworkImport& network) { return network.run(); });
}

Result<ImportedIr> import_openvino_detector(const std::filesystem::path& xml, const ModelInfo& declared) {
  return import_file(xml, declared, [](openvino_ir::NetworkImport& network) { return network.run_cut(); });
}

Result<Graph> import_openvino_ir(std::string_view xml, std::span<const std::byte> weights, std::shared_ptr<const void> owner,
                                 ImageSize open) {
  OCTET_ASSIGN(const openvino_ir::Network network, openvino_ir::read_network(xml));
  return openvino_ir::NetworkImport(network, openvino_ir::Weights(weights, std::move(owner)), open).run();
}

Result<ImportedIr> import_openvino_detector(std::string_view xml, std::span<const std::byte> weights, std::shared_ptr<const void> owner) {
  OCTET_ASSIGN(const openvino_ir::Network network, openvino_ir::read_network(xml));
  return openvino_ir::NetworkImport(network, openvino_ir::Weights(weights, std::move(owner)), {}).run_cut();
}

}  // namespace octet
