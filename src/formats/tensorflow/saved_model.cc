#include "formats/tensorflow/saved_model.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/parse_number.h"
#include "formats/tensorflow/checkpoint.h"
#include "formats/tensorflow/inline_functions.h"
#include "formats/tensorflow/records.h"
#include "formats/tensorflow/saved_model.pb.h"

namespace octet::tensorflow {
namespace {

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

constexpr std::string_view kServingTag = "serve", kServingSignature = "serving_default";

// The graph that is there to be served, or the only one.
Result<proto::MetaGraphDef*> graph_to_serve(proto::SavedModel& model) {
  for (proto::MetaGraphDef& graph : *model.mutable_meta_graphs())
    if (std::ranges::count(graph.meta_info_def().tags(), kServingTag) != 0) return &graph;
  if (model.meta_graphs_size() == 1) return model.mutable_meta_graphs(0);
  return Error{ErrorCode::kUnsupported, "has no graph with the tag 'serve'; export the model for serving"};
}

// The outputs of the signature, by the order of their names.
Result<std::vector<std::string>> signature_outputs(const proto::MetaGraphDef& graph) {
  const proto::SignatureDef* chosen = nullptr;
  std::size_t with_outputs = 0;
  for (const auto& entry : graph.signature_def()) {
    const bool is_default = entry.key() == kServingSignature;
    if (entry.value().outputs().empty() || entry.key().starts_with("__")) continue;  // "__saved_model_init_op"
    ++with_outputs;
    if (is_default || !chosen) chosen = &entry.value();
    if (is_default) with_outputs = 1;
    if (is_default) break;
  }
  if (with_outputs != 1)
    return Error{ErrorCode::kUnsupported, "has no signature 'serving_default' with outputs; export the model for serving"};
  std::map<std::string, std::string> outputs;
  for (const auto& output : chosen->outputs()) outputs.emplace(output.key(), output.value().name());
  std::vector<std::string> values;
  for (const auto& [name, value] : outputs) values.push_back(value);
  return values;
}

// "node" and port of "node:port".
std::pair<std::string_view, std::uint32_t> split_value(std::string_view value) {
  const std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos) return {value, 0};
  return {value.substr(0, colon), parse_number<std::uint32_t>(value.substr(colon + 1)).value_or(0)};
}

class FlatGraph {
 public:
  explicit FlatGraph(proto::GraphDef& graph) : graph_(graph) {
    for (int i = 0; i < graph.node_size(); ++i) index_.emplace(graph.node(i).name(), i);
  }

  // The keys of variables in the checkpoint, by the names of their nodes.
  std::map<std::string, std::string> checkpoint_keys() const {
    std::map<std::string, std::string> keys;
    for (const proto::NodeDef& node : graph_.node()) {
      if ((node.op() != "AssignVariableOp" && node.op() != "Assign") || node.input_size() < 2) continue;
      const proto::NodeDef *variable = origin(node.input(0)).first, *value = nullptr;
      std::uint32_t port = 0;
      std::tie(value, port) = origin(node.input(1));
      if (variable && value && value->op() == "RestoreV2" && value->input_size() > 1)
        if (const auto key = text_item(value->input(1), port)) keys.emplace(variable->name(), *key);
    }
    return keys;
  }

  // Takes away what the outputs do not need. kMalformed where one of them is not there.
  Status keep_only(const std::vector<std::string>& outputs) {
    std::vector<char> needed(static_cast<std::size_t>(graph_.node_size()), 0);
    std::vector<int> waiting;
    const auto need = [&](std::string_view value) {
      const auto found = index_.find(split_value(value).first);
      if (found == index_.end()) return false;
      if (std::exchange(needed[static_cast<std::size_t>(found->second)], 1) == 0) waiting.push_back(found->second);
      return true;
    };
    for (const std::string& output : outputs)
      if (!need(output)) return malformed("its signature gives " + in_quotes(output) + ", which is not in the graph");
    while (!waiting.empty()) {
      const proto::NodeDef& node = graph_.node(waiting.back());
      waiting.pop_back();
      for (const std::string& input : node.input())
        if (!input.starts_with('^')) need(input);
    }
    proto::GraphDef kept;
    for (int i = 0; i < graph_.node_size(); ++i)
      if (needed[static_cast<std::size_t>(i)]) kept.add_node()->Swap(graph_.mutable_node(i));
    index_.clear();
    graph_ = std::move(kept);
    return {};
  }

 private:
  const proto::NodeDef* find(std::string_view name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? nullptr : &graph_.node(found->second);
  }

  // What a value is a copy of.
  std::pair<const proto::NodeDef*, std::uint32_t> origin(std::string_view value) const {
    constexpr int kMaxHops = 64;
    for (int hop = 0; hop < kMaxHops; ++hop) {
      const auto [name, port] = split_value(value);
      const proto::NodeDef* node = find(name);
      if (!node || node->op() != "Identity" || node->input().empty()) return {node, port};
      value = node->input(0);
    }
    return {nullptr, 0};
  }

  std::optional<std::string> text_item(std::string_view value, std::uint32_t item) const {
    const proto::NodeDef* constant = origin(value).first;
    if (!constant || constant->op() != "Const") return std::nullopt;
    for (const proto::Attribute& attribute : constant->attr())
      if (attribute.key() == "value" && item < static_cast<std::uint32_t>(attribute.value().tensor().string_val_size()))
        return attribute.value().tensor().string_val(static_cast<int>(item));
    return std::nullopt;
  }

  proto::GraphDef& graph_;
  std::unordered_map<std::string_view, int> index_;
};

bool is_variable(const NodeRecord& node) { return node.op == "VarHandleOp" || node.op == "VariableV2" || node.op == "Variable"; }

Status freeze(const std::map<std::string, std::string>& keys, const ReadVariable& read_variable, GraphDef& graph) {
  for (NodeRecord& node : graph.nodes) {
    if (node.op == "ReadVariableOp") node.op = "Identity";
    if (!is_variable(node)) continue;
    const auto key = keys.find(node.name);
    if (key == keys.end()) return malformed("the model restores no value of the variable " + in_quotes(node.name));
    OCTET_ASSIGN(Tensor value, read_variable(key->second));
    node.op = "Const";
    node.attributes.insert_or_assign("value", std::move(value));
  }
  return {};
}

}  // namespace

Result<GraphDef> parse_saved_model(std::span<const std::byte> pb, const ReadVariable& read_variable) {
  proto::SavedModel model;
  if (!std::in_range<int>(pb.size()) || !model.ParseFromArray(pb.data(), static_cast<int>(pb.size())) || model.meta_graphs().empty())
    return malformed("is no TensorFlow SavedModel, or cut short; fetch or export it again");
  OCTET_ASSIGN(proto::MetaGraphDef * meta, graph_to_serve(model));
  OCTET_ASSIGN(std::vector<std::string> outputs, signature_outputs(*meta));
  proto::GraphDef& message = *meta->mutable_graph_def();
  OCTET_RETURN_IF_ERROR(inline_functions(message, outputs));
  FlatGraph flat(message);
  const auto keys = flat.checkpoint_keys();
  OCTET_RETURN_IF_ERROR(flat.keep_only(outputs));
  OCTET_ASSIGN(GraphDef graph, records_of(std::move(message)));
  OCTET_RETURN_IF_ERROR(freeze(keys, read_variable, graph));
  graph.is_whole = true;
  return graph;
}

Result<GraphFiles> read_saved_model(const std::filesystem::path& folder) {
  const std::filesystem::path pb = folder / "saved_model.pb";
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(pb));
  std::optional<Checkpoint> checkpoint;
  const auto read_variable = [&](const std::string& key) -> Result<Tensor> {
    if (!checkpoint) {
      OCTET_ASSIGN(checkpoint, Checkpoint::open(folder / "variables" / "variables"));
    }
    return checkpoint->read(key);
  };
  GraphFiles files;
  OCTET_ASSIGN_AT(files.graph, parse_saved_model(file.bytes(), read_variable), pb.string());
  files.weights = checkpoint ? checkpoint->shards() : std::vector{pb};
  return files;
}

}  // namespace octet::tensorflow
