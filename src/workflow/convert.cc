#include "workflow/convert.h"

#include "base/digest.h"
#include "base/files.h"
#include "base/version.h"
#include "detect/model_description.h"
#include "exporters/openvino_ir/export.h"
#include "importers/darknet/import.h"
#include "importers/tensorflow/import.h"
#include "passes/standard.h"
#include "workflow/layout.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

bool is_darknet(const fs::path& source) { return source.extension() == ".cfg" || source.extension() == ".CFG"; }

Result<Graph> import_any(const fs::path& source, const ConvertOptions& options) {
  if (!is_darknet(source)) return import_tensorflow(source);
  const fs::path beside = fs::path(source).replace_extension(".weights");
  return import_darknet(source, options.weights.value_or(beside), options.warn);
}

// The file that holds the numbers: what a person means by "the model".
Result<std::string> source_digest(const fs::path& source, const ConvertOptions& options) {
  const fs::path file = is_darknet(source) ? options.weights.value_or(fs::path(source).replace_extension(".weights")) : source;
  OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(file));
  return file.filename().string() + " SHA-256 " + sha256_hex(mapped.bytes());
}

}  // namespace

Result<Graph> import_source(const fs::path& source, const ConvertOptions& options) {
  std::error_code ignored;
  if (!fs::is_regular_file(source, ignored)) return Error{ErrorCode::kNotFound, source.string() + ": no such file"};
  if (options.weights && !is_darknet(source))
    return Error{ErrorCode::kInvalidArgument,
                 source.string() + ": only a Darknet .cfg has weights in another file, given " + options.weights->string()};
  OCTET_ASSIGN(Graph graph, import_any(source, options));
  passes::run_import_passes(graph);
  auto& info = graph.model_info;
  info.try_emplace("octet_model", source.stem().string());
  if (options.description) {
    for (const auto& [key, value] : options.description->model_info) info[key] = value;
    info["octet_model"] = options.description->name;
  }
  if (options.warn && !info.contains("octet_labels"))
    options.warn(source.string() + ": no labels, classes have numbers only" +
                 (is_darknet(source) ? "; they are read from a .names file beside it" : ""));
  OCTET_ASSIGN(info["octet_source"], source_digest(source, options));
  info["octet_version"] = kVersion;
  graph.name = info["octet_model"];
  OCTET_ASSIGN_AT([[maybe_unused]] const auto complete, model_description_from_info(info), source.string());
  return graph;
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
