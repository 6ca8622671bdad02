#include "workflow/convert.h"

#include "base/digest.h"
#include "base/files.h"
#include "exporters/openvino_ir/export.h"
#include "importers/importer.h"
#include "model/model_info.h"
#include "passes/standard.h"
#include "workflow/layout.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// What the description of a known model says, put over what the source tells.
Status complete(const ConvertOptions& options, ModelDescription& description) {
  if (!options.description) return {};
  if (auto status = apply_model_info(options.description->model_info, description); !status.ok())
    return status.error().at(options.description->name);
  description.name = options.description->name;
  return {};
}

Result<std::string> digest_of(const fs::path& file) {
  OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(file));
  return file.filename().string() + " SHA-256 " + sha256_hex(mapped.bytes());
}

}  // namespace

Result<Graph> import_source(const fs::path& source, const ConvertOptions& options) {
  OCTET_ASSIGN(ImportedModel model, import_model(source, {options.weights, options.warn}));
  passes::run_import_passes(model.graph);
  ModelDescription& description = model.description;
  OCTET_RETURN_IF_ERROR(complete(options, description));
  if (options.warn && description.labels.empty())
    options.warn(source.string() + ": no labels, classes have numbers only" + (model.labels_hint.empty() ? "" : "; " + model.labels_hint));
  OCTET_ASSIGN(description.source, digest_of(model.weights));
  model.graph.name = description.name;
  model.graph.model_info = write_model_info(description);
  OCTET_ASSIGN_AT([[maybe_unused]] const auto readable, read_model_info(model.graph.model_info), source.string());
  return std::move(model.graph);
}

Result<ConvertedIr> convert_source(const fs::path& source, const fs::path& output, const ConvertOptions& options) {
  OCTET_ASSIGN(const Graph graph, import_source(source, options));
  OCTET_ASSIGN_AT(const fs::path target, ir_path(output, graph.name, "FP32"), source.string());
  OCTET_RETURN_IF_ERROR(export_openvino_ir(graph, target));
  ConvertedIr converted{target, {}, {}};
  for (const NodeId id : graph.parameters()) converted.inputs.push_back({graph.node(id).name, graph.node(id).outputs[0]});
  for (const NodeId id : graph.outputs()) converted.outputs.push_back({graph.node(id).name, graph.type(graph.node(id).inputs[0])});
  return converted;
}

}  // namespace octet
