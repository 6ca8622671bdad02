#include "formats/tensorflow_js/graph_model.h"

#include <map>
#include <optional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/files.h"
#include "formats/tensorflow/records.h"
#include "formats/tensorflow_js/graph_json.h"
#include "formats/tensorflow_js/json_field.h"
#include "formats/tensorflow_js/weights.h"

namespace octet::tensorflow_js {
namespace {

using Json = nlohmann::json;
using tensorflow::DataType;
using tensorflow::NodeRecord;

constexpr std::size_t kMaxJsonBytes = std::size_t{1} << 25;  // real ones have at most two megabytes

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

// A model of layers has "keras_version" and "model_config" in place of nodes.
bool is_layers_model(const Json& model, const Json& topology) {
  const std::string* format = find_text(model, "format");
  return (format && *format == "layers-model") || find(topology, "model_config");
}

std::optional<DataType> declared_type(const NodeRecord& node) {
  const auto found = node.attributes.find("dtype");
  const DataType* type = found == node.attributes.end() ? nullptr : std::get_if<DataType>(&found->second);
  return type ? std::optional(*type) : std::nullopt;
}

// In the type that the graph computes with; TensorFlow.js keeps whole numbers of 64 bits as 32.
Tensor in_declared_type(std::optional<DataType> declared, const Tensor& array) {
  const auto type = declared ? tensorflow::element_type_of(*declared) : std::nullopt;
  return type ? converted(array, *type) : array;
}

Status give_values(const std::map<std::string, Tensor>& arrays, tensorflow::GraphDef& graph) {
  for (NodeRecord& node : graph.nodes) {
    if (node.op != "Const") continue;
    const auto type = declared_type(node);
    if (type == DataType::kString) continue;
    const auto array = arrays.find(node.name);
    if (array == arrays.end()) return malformed("weightsManifest: has no weight for the constant " + in_quotes(node.name));
    node.attributes.insert_or_assign("value", in_declared_type(type, array->second));
  }
  return {};
}

}  // namespace

Result<tensorflow::GraphDef> parse_graph_model(std::string_view text, const ReadShard& read_shard) {
  const Json model = Json::parse(text, nullptr, false);
  if (model.is_discarded()) return malformed("is no JSON, or cut short; fetch or export it again");
  const Json* topology = find(model, "modelTopology");
  if (!topology) return malformed("is no TensorFlow.js model: it has no 'modelTopology'");
  if (is_layers_model(model, *topology))
    return Error{
        ErrorCode::kUnsupported,
        "is a TensorFlow.js model of Keras layers; octet reads graph models (tensorflowjs_converter --output_format=tfjs_graph_model)"};
  OCTET_ASSIGN(tensorflow::proto::GraphDef message, graph_from_json(*topology));
  OCTET_ASSIGN(tensorflow::GraphDef graph, tensorflow::records_of(std::move(message)));
  OCTET_ASSIGN(const auto arrays, read_weights(model, read_shard));
  OCTET_RETURN_IF_ERROR(give_values(arrays, graph));
  graph.is_whole = true;
  return graph;
}

Result<tensorflow::GraphFiles> read_graph_model(const std::filesystem::path& json) {
  OCTET_ASSIGN(const std::string text, read_text(json, kMaxJsonBytes));
  const std::filesystem::path folder = json.parent_path();
  tensorflow::GraphFiles files;
  const auto read_shard = [&](const std::string& name, std::size_t limit) {
    files.weights.push_back(folder / name);
    return read_text(files.weights.back(), limit);
  };
  OCTET_ASSIGN_AT(files.graph, parse_graph_model(text, read_shard), json.string());
  return files;
}

}  // namespace octet::tensorflow_js
