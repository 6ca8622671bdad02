#include "formats/onnx/model.h"

#include <limits>
#include <unordered_map>

#include "base/files.h"
#include "formats/onnx/inline_functions.h"
#include "formats/onnx/records.h"

namespace octet::onnx {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kNotAModel = "not an ONNX model (a binary ModelProto), or cut short; fetch or export it again";
// Of ONNX's own operators. Older ones have other meanings that no detector in use needs.
constexpr std::int64_t kOldestOpset = 7;

Result<std::map<std::string, std::int64_t, std::less<>>> opsets_of(const google::protobuf::RepeatedPtrField<OperatorSetIdProto>& source) {
  std::map<std::string, std::int64_t, std::less<>> opsets;
  for (const OperatorSetIdProto& set : source) {
    const std::string domain = set.domain() == "ai.onnx" ? std::string() : set.domain();
    if (domain.empty() && set.version() < kOldestOpset)
      return unsupported("opset " + std::to_string(set.version()) + " is not supported, only " + std::to_string(kOldestOpset) +
                         " and later; export the model again");
    opsets[domain] = set.version();
  }
  return opsets;
}

Result<FunctionRecord> function_of(FunctionProto& source, Reading& reading) {
  FunctionRecord function{{source.input().begin(), source.input().end()}, {source.output().begin(), source.output().end()}, {}, {}};
  OCTET_ASSIGN(function.defaults, attributes_of(*source.mutable_attribute_proto(), reading));
  OCTET_ASSIGN(auto opsets, opsets_of(source.opset_import()));
  opsets.insert(reading.opsets.begin(), reading.opsets.end());
  std::swap(opsets, reading.opsets);
  for (NodeProto& node : *source.mutable_node()) {
    OCTET_ASSIGN(NodeRecord record, node_of(node, reading));
    function.nodes.push_back(std::move(record));
  }
  std::swap(opsets, reading.opsets);
  return function;
}

Result<Functions> functions_of(ModelProto& source, Reading& reading) {
  Functions functions;
  for (FunctionProto& function : *source.mutable_functions()) {
    OCTET_ASSIGN_AT(FunctionRecord record, function_of(function, reading), "function " + in_quotes(function.name()));
    functions.insert_or_assign({function.domain(), function.name()}, std::move(record));
  }
  return functions;
}

// Kahn's algorithm; among nodes that are ready the file's order stays.
class Sorter {
 public:
  Status sort(GraphRecord& graph) {
    OCTET_RETURN_IF_ERROR(find_makers(graph));
    OCTET_RETURN_IF_ERROR(count_missing(graph));
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      if (missing_[i] == 0) order.push_back(i);
    for (std::size_t next = 0; next < order.size(); ++next)
      for (const std::size_t reader : readers_[order[next]])
        if (--missing_[reader] == 0) order.push_back(reader);
    if (order.size() != graph.nodes.size()) return cycle(graph);
    std::vector<NodeRecord> sorted;
    sorted.reserve(order.size());
    for (const std::size_t i : order) sorted.push_back(std::move(graph.nodes[i]));
    graph.nodes = std::move(sorted);
    return {};
  }

 private:
  static constexpr std::size_t kGiven = std::numeric_limits<std::size_t>::max();

  Status find_makers(const GraphRecord& graph) {
    for (const auto& [name, tensor] : graph.initializers) makers_.emplace(name, kGiven);
    for (const InputRecord& input : graph.inputs)
      if (!makers_.emplace(input.name, kGiven).second) return malformed("two inputs are named " + in_quotes(input.name));
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      for (const std::string& output : graph.nodes[i].outputs)
        if (!output.empty() && !makers_.emplace(output, i).second)
          return malformed("gives " + in_quotes(output) + ", which another node, an input or an initializer gives too")
              .at(place(graph.nodes[i]));
    return {};
  }

  Status count_missing(const GraphRecord& graph) {
    readers_.resize(graph.nodes.size());
    missing_.resize(graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      std::vector<std::string_view> reads;
      collect_reads(graph.nodes[i], reads);
      for (const std::string_view read : reads) {
        const auto maker = makers_.find(read);
        if (maker == makers_.end() || maker->second == kGiven)
          continue;  // unknown names may be of a subgraph; the importer asks for the rest
        readers_[maker->second].push_back(i);
        ++missing_[i];
      }
    }
    return {};
  }

  Status cycle(const GraphRecord& graph) const {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      if (missing_[i] != 0) return malformed("is part of a cycle, or reads from one").at(place(graph.nodes[i]));
    return {};
  }

  std::unordered_map<std::string_view, std::size_t> makers_;
  std::vector<std::vector<std::size_t>> readers_;
  std::vector<std::size_t> missing_;
};

Result<ModelRecord> model_of(ModelProto& source, Reading& reading) {
  if (!source.has_graph() || source.opset_import().empty()) return malformed(std::string(kNotAModel));
  OCTET_ASSIGN(reading.opsets, opsets_of(source.opset_import()));
  ModelRecord model;
  for (const StringStringEntryProto& entry : source.metadata_props()) model.metadata.insert_or_assign(entry.key(), entry.value());
  OCTET_ASSIGN(const Functions functions, functions_of(source, reading));
  OCTET_ASSIGN(model.graph, graph_of(*source.mutable_graph(), reading));
  OCTET_RETURN_IF_ERROR(inline_functions(functions, model.graph));
  OCTET_RETURN_IF_ERROR(Sorter().sort(model.graph));
  model.files = reading.external.files();
  return model;
}

}  // namespace

void collect_reads(const NodeRecord& node, std::vector<std::string_view>& reads) {
  for (const std::string& input : node.inputs)
    if (!input.empty()) reads.push_back(input);
  for (const auto& [name, attribute] : node.attributes)
    if (const auto* graph = std::get_if<std::shared_ptr<const GraphRecord>>(&attribute))
      for (const NodeRecord& inner : (*graph)->nodes) collect_reads(inner, reads);
}

Result<ModelRecord> parse_model(std::span<const std::byte> bytes, const fs::path& folder) {
  ModelProto source;
  if (bytes.empty()) return malformed("the file is empty");
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return unsupported("has more than 2 GiB; store its weights as external data");
  if (!source.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return malformed(std::string(kNotAModel));
  Reading reading{ExternalData(folder), {}};
  return model_of(source, reading);
}

Result<ModelRecord> read_model(const fs::path& path) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  OCTET_ASSIGN_AT(ModelRecord model, parse_model(file.bytes(), folder), path.string());
  model.files.insert(model.files.begin(), path);
  return model;
}

}  // namespace octet::onnx
