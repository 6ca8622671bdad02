#include "steps/import_source.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/digest.h"
#include "base/files.h"
#include "detect/postprocess.h"
#include "importers/importer.h"
#include "importers/openvino_ir/import.h"
#include "model/model_info.h"
#include "passes/standard.h"
#include "recognise/picture.h"
#include "steps/classes.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// What a person says of the model, put over what the source tells.
Status complete(const ConvertOptions& options, const fs::path& source, ModelDescription& description) {
  if (options.description) {
    if (auto status = apply_model_info(options.description->model_info, description); !status.ok())
      return status.error().at(options.description->name);
    if (!options.description->name.empty()) description.name = options.description->name;
  }
  return options.labels.empty() ? Status() : name_classes(description, options.labels, source);
}

// Of all names of an output the first in order becomes the node's, as it is the one that OpenVINO reports.
Status name_outputs(const OutputNames& names, const fs::path& source, Graph& graph) {
  for (const auto& [name, more] : names) {
    const auto outputs = graph.outputs();
    const auto found = std::ranges::find(outputs, name, [&](NodeId id) { return graph.node(id).name; });
    if (found == outputs.end()) return Error{ErrorCode::kMalformed, source.string() + ": has no output '" + name + "' to be given names"};
    std::set<std::string> all(more.begin(), more.end());
    all.insert(name);
    if (*all.begin() != name) graph.rename(*found, *all.begin());
    if (graph.node(*found).name != *all.begin())
      return Error{ErrorCode::kMalformed,
                   source.string() + ": output '" + name + "' cannot be called '" + *all.begin() + "', as another node is"};
    graph.set_op(*found, Output{{std::next(all.begin()), all.end()}});
  }
  return {};
}

// "yolov4-tiny.weights SHA-256 ...", of each file.
Result<std::string> digests_of(const std::vector<fs::path>& files) {
  std::string digests;
  for (const fs::path& file : files) {
    OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(file));
    digests += (digests.empty() ? "" : ", ") + file.filename().string() + " SHA-256 " + sha256_hex(mapped.bytes());
  }
  return digests;
}

Result<bool> is_openvino_ir_file(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return false;
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  const auto start = file.bytes().first(std::min(file.bytes().size(), kSourceStartBytes));
  return is_openvino_ir({reinterpret_cast<const char*>(start.data()), start.size()});
}

// kMalformed unless the outputs are such as the head reads: what a person declared may not fit them.
Status expect_outputs_of_head(const ImportedModel& model) {
  std::vector<OutputType> outputs;
  for (const NodeId id : model.graph.outputs()) {
    const Node& node = model.graph.node(id);
    const TensorType& type = model.graph.type(node.inputs[0]);
    outputs.push_back({node.name, type.element, type.shape});
    for (const std::string& name : std::get<Output>(node.op).further_names) outputs.push_back({name, type.element, type.shape});
  }
  return check_outputs(model.description, outputs);
}

// Everything but the graph's own account of itself, which is the text form of the description.
Result<ImportedModel> import_described(const fs::path& source, const ConvertOptions& options) {
  const ModelInfo said = options.description ? options.description->model_info : ModelInfo{};
  OCTET_ASSIGN(ImportedModel model, import_model(source, {options.weights, said, options.warn, options.outputs}));
  if (const Status status = passes::add_input_steps(model.graph, options.input_steps); !status.ok())
    return status.error().at(source.string());
  if (model.original.ok()) OCTET_RETURN_IF_ERROR(passes::add_input_steps(model.original->before, options.input_steps));
  passes::run_import_passes(model.graph);
  ModelDescription& description = model.description;
  OCTET_RETURN_IF_ERROR(complete(options, source, description));
  OCTET_RETURN_IF_ERROR(name_outputs(options.output_names, source, model.graph));
  if (options.warn && !model.doubt.empty()) options.warn(source.string() + ": " + model.doubt);
  if (options.warn && description.labels.empty())
    options.warn(source.string() + ": no labels, classes have numbers only" + (model.labels_hint.empty() ? "" : "; " + model.labels_hint));
  OCTET_ASSIGN(description.source, digests_of(model.weights));
  model.graph.name = description.name;
  model.graph.model_info = write_model_info(description);
  OCTET_ASSIGN_AT([[maybe_unused]] const auto readable, read_model_info(model.graph.model_info), source.string());
  if (const Status fitting = expect_outputs_of_head(model); !fitting.ok()) return fitting.error().at(source.string());
  return model;
}

// An IR of octet, what a person says put over what it says of itself.
Result<OpenedModel> own_ir(const fs::path& path, Graph graph, const ConvertOptions& options) {
  OCTET_ASSIGN_AT(ModelDescription description, read_model_info(graph.model_info), path.string());
  if (options.description || !options.labels.empty()) {
    OCTET_RETURN_IF_ERROR(complete(options, path, description));
    graph.model_info = write_model_info(description);
  }
  return OpenedModel{.format = "an OpenVINO IR of octet",
                     .is_own = true,
                     .graph = std::move(graph),
                     .description = std::move(description),
                     .reasons = {"it says itself how it is used"},
                     .files = {path, fs::path(path).replace_extension(".bin")}};
}

// A source and the files that its importer names, each once and in order.
std::vector<fs::path> files_of(const fs::path& source, const std::vector<fs::path>& weights) {
  std::set<fs::path> files(weights.begin(), weights.end());
  std::error_code failed;
  if (fs::is_directory(source, failed)) {
    for (fs::recursive_directory_iterator entry(source, failed), end; !failed && entry != end; entry.increment(failed))
      if (entry->is_regular_file(failed)) files.insert(entry->path());
  } else {
    files.insert(source);
  }
  return {files.begin(), files.end()};
}

// As it is opened where nothing is to be changed.
Result<OpenedModel> open_whole(const fs::path& path, const ConvertOptions& options) {
  OCTET_ASSIGN(const bool is_ir, is_openvino_ir_file(path));
  if (is_ir) {
    auto graph = import_openvino_ir(path);  // may need what is declared, if it is another's
    if (graph.ok() && describes_itself(*graph)) return own_ir(path, *std::move(graph), options);
  }
  OCTET_ASSIGN(ImportedModel model, import_described(path, options));
  OCTET_ASSIGN(const std::string_view format, name_of_format(path));
  return OpenedModel{.format = std::string(format),
                     .graph = std::move(model.graph),
                     .description = std::move(model.description),
                     .steps = std::move(model.input_steps),
                     .reasons = std::move(model.reasons),
                     .original = std::move(model.original),
                     .files = files_of(path, model.weights)};
}

// Whether the importer of a file takes the steps that a description declares.
bool takes_steps(const OpenedModel& model) { return !model.is_own && !model.reasons.empty(); }

}  // namespace

Result<Graph> import_source(const fs::path& source, const ConvertOptions& options) {
  OCTET_ASSIGN(ImportedModel model, import_described(source, options));
  return std::move(model.graph);
}

Result<OpenedNetwork> open_network(const fs::path& path, const ConvertOptions& options) {
  OCTET_ASSIGN(const bool is_ir, is_openvino_ir_file(path));
  if (!is_ir) {
    OCTET_ASSIGN(ImportedModel model, import_described(path, options));
    return OpenedNetwork{std::move(model.graph), std::move(model.original)};
  }
  OCTET_ASSIGN(Graph graph, import_openvino_ir(path));
  passes::repeat_quantizers(graph);
  return OpenedNetwork{std::move(graph)};
}

Result<Graph> open_model(const fs::path& path, const ConvertOptions& options) {
  OCTET_ASSIGN(OpenedModel model, open_whole(path, options));
  return std::move(model.graph);
}

Result<OpenedModel> open_model_with(const fs::path& path, const ConvertOptions& options, const ModelInfo& settings) {
  ConvertOptions with = options;
  if (!settings.empty() && !with.description) with.description.emplace();
  for (const auto& [key, value] : settings) with.description->model_info[key] = value;
  OCTET_ASSIGN(OpenedModel model, open_whole(path, with));
  if (settings.empty() || takes_steps(model)) return model;
  OCTET_ASSIGN(const passes::InputSteps steps, steps_declared_in(settings));
  OCTET_RETURN_IF_ERROR(passes::add_input_steps(model.graph, steps));
  if (model.original && model.original->ok()) OCTET_RETURN_IF_ERROR(passes::add_input_steps((*model.original)->before, steps));
  return model;
}

}  // namespace octet
