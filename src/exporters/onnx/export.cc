#include "exporters/onnx/export.h"

#include <algorithm>

#include "exporters/onnx/node_export.h"
#include "exporters/onnx/quantization.h"
#include "graph/op_schema.h"
#include "graph/patterns.h"
#include "graph/scaled_quantizers.h"

namespace octet {
namespace onnx {
namespace {

// Protobuf's limit for one message, less what the nodes may take.
constexpr std::size_t kMostInitializerBytes = (std::size_t{1} << 31) - (std::size_t{64} << 20);

class ModelExport {
 public:
  explicit ModelExport(const Graph& graph)
      : graph_(graph), names_(graph, model_), grids_(values_on_grids(graph)), needed_(graph.nodes().size(), false) {}

  Status run();
  const ModelProto& model() const { return model_.model(); }

 private:
  Status find_needed();
  bool takes_in(const Node& node, std::size_t input) const;
  Status write(NodeId id);
  Status write_moved(NodeId id, const ByteGrid& grid);
  void write_output(const std::string& name, Value value);
  void write_end(const Node& output);

  const Graph& graph_;
  ModelWriter model_;
  ValueNames names_;
  const std::map<Value, ByteGrid> grids_;
  std::vector<bool> needed_;  // by node: what the outputs are computed from, and the inputs
};

// Weights that are stored as integers belong to their convolution; a DetectionOutput ends the model without its priors.
bool ModelExport::takes_in(const Node& node, std::size_t input) const {
  if (std::holds_alternative<DetectionOutput>(node.op)) return input == 2;
  const bool weighted = is_convolution(node.op) || std::holds_alternative<MatMul>(node.op);
  return weighted && input == 1 && stored_weights(graph_, node);
}

Status ModelExport::find_needed() {
  for (std::size_t i = graph_.nodes().size(); i-- > 0;) {
    const Node& node = graph_.nodes()[i];
    const bool is_output = std::holds_alternative<Output>(node.op);
    needed_[i] = needed_[i] || is_output || std::holds_alternative<Parameter>(node.op);
    for (std::size_t input = 0; needed_[i] && input < node.inputs.size(); ++input) {
      if (op_of<DetectionOutput>(graph_, node.inputs[input]) && !is_output)
        return Error{ErrorCode::kUnsupported, "node '" + node.name + "' reads a DetectionOutput, before which an ONNX model ends"};
      if (!takes_in(node, input)) needed_[index_of(node.inputs[input].node)] = true;
    }
  }
  return {};
}

void ModelExport::write_output(const std::string& name, Value value) {
  const std::string from = names_.of(value);
  if (from != name) model_.add_node("Identity", {from}, {name}, {});
  model_.add_output(name, graph_.type(value));
}

// The output of a DetectionOutput is replaced by the box codes and class scores that enter it.
void ModelExport::write_end(const Node& output) {
  const Value value = output.inputs[0];
  if (!op_of<DetectionOutput>(graph_, value)) return write_output(output.name, value);
  for (const std::size_t input : {0, 1}) {
    const Value end = graph_.node(value).inputs[input];
    write_output(model_.unique_name(output.name + (input == 0 ? "/box_codes" : "/class_scores")), end);
  }
}

// The results are brought onto the grid again, which changes none of them: between a DequantizeLinear and a QuantizeLinear other runtimes
// move the integers themselves, and what reads them sees that they are some.
Status ModelExport::write_moved(NodeId id, const ByteGrid& grid) {
  std::vector<std::string> names;
  for (std::uint32_t port = 0; port < graph_.node(id).outputs.size(); ++port) {
    names.push_back(names_.of({id, port}));
    names_.rename({id, port}, model_.unique_name(names.back() + "/moved"));
  }
  NodeExport node(graph_, id, names_, grids_, model_);
  OCTET_RETURN_IF_ERROR(write_node(node));
  for (std::uint32_t port = 0; port < names.size(); ++port) {
    const Value value{id, port};
    quantize(names_.of(value), grid, names[port], model_);
    names_.rename(value, names[port]);
  }
  return {};
}

Status ModelExport::write(NodeId id) {
  const Node& node = graph_.node(id);
  if (std::holds_alternative<Parameter>(node.op)) model_.add_input(node.name, node.outputs[0]);
  if (std::holds_alternative<Output>(node.op)) write_end(node);
  if (is_bias(graph_, id)) return {};
  const auto grid = grids_.find({id, 0});
  if (grid != grids_.end() && !std::holds_alternative<FakeQuantize>(node.op)) return write_moved(id, grid->second);
  NodeExport to(graph_, id, names_, grids_, model_);
  return write_node(to);
}

Status ModelExport::run() {
  OCTET_RETURN_IF_ERROR(find_needed());
  model_.set_graph_name(graph_.name.empty() ? "model" : graph_.name);
  for (const auto& [key, value] : graph_.model_info) model_.add_metadata(key, value);
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
    if (needed_[i]) OCTET_RETURN_IF_ERROR(write(static_cast<NodeId>(i)));
    if (model_.initializer_bytes() > kMostInitializerBytes)
      return Error{ErrorCode::kUnsupported, "the constants take more than the 2 GB that an ONNX file can hold"};
  }
  return {};
}

}  // namespace
}  // namespace onnx

Result<std::string> serialize_onnx(const Graph& graph) {
  // With the scales of channels that an IR of the graph has, to the last digit.
  Graph stored = graph;
  scales_into_limits(stored);
  scales_out_of_limits(stored);
  onnx::ModelExport model(stored);
  OCTET_RETURN_IF_ERROR(model.run());
  std::string bytes;
  if (!model.model().SerializeToString(&bytes)) return Error{ErrorCode::kUnsupported, "an ONNX file of it would be larger than 2 GB"};
  return bytes;
}

Status add_onnx(const Graph& graph, const std::filesystem::path& path, FileTransaction& files, const SeeWritten& see) {
  if (path.extension() != ".onnx")
    return Error{ErrorCode::kInvalidArgument, path.string() + ": an ONNX model's file name must end in .onnx"};
  OCTET_ASSIGN_AT(const std::string bytes, serialize_onnx(graph), path.string());
  if (see) see(path, std::as_bytes(std::span(bytes)));
  return files.add(path, bytes);
}

Status export_onnx(const Graph& graph, const std::filesystem::path& path) {
  FileTransaction files;
  OCTET_RETURN_IF_ERROR(add_onnx(graph, path, files));
  return files.commit();
}

}  // namespace octet
