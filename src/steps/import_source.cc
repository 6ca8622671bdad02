#include "steps/import_source.h"

#include "base/digest.h"
#include "base/files.h"
#include "importers/importer.h"
#include "model/model_info.h"
#include "passes/standard.h"
#include "steps/classes.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// What a person says of the model, put over what the source tells.
Status complete(const ConvertOptions& options, const fs::path& source, ModelDescription& description) {
  if (options.description) {
    if (auto status = apply_model_info(options.description->model_info, description); !status.ok())
      return status.error().at(options.description->name);
    description.name = options.description->name;
  }
  return options.labels.empty() ? Status() : name_classes(description, options.labels, source);
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
  OCTET_RETURN_IF_ERROR(complete(options, source, description));
  if (options.warn && description.labels.empty())
    options.warn(source.string() + ": no labels, classes have numbers only" + (model.labels_hint.empty() ? "" : "; " + model.labels_hint));
  OCTET_ASSIGN(description.source, digest_of(model.weights));
  model.graph.name = description.name;
  model.graph.model_info = write_model_info(description);
  OCTET_ASSIGN_AT([[maybe_unused]] const auto readable, read_model_info(model.graph.model_info), source.string());
  return std::move(model.graph);
}

}  // namespace octet
