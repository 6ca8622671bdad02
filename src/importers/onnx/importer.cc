#include "importers/importer.h"

#include "importers/finish_import.h"
#include "importers/onnx/import.h"
#include "recognise/beside/beside.h"

namespace octet {
namespace {

unsigned byte_at(std::string_view start, std::size_t i) { return i < start.size() ? static_cast<unsigned char>(start[i]) : 256; }

// A protobuf whose first field is ir_version, 3 or more. A text or a message follows.
bool recognises(std::string_view start) {
  const unsigned version = byte_at(start, 1), next = byte_at(start, 2);
  return byte_at(start, 0) == 0x08 && version >= 3 && version <= 63 && (next & 7) == 2;
}

Result<ImportedModel> import_model_of(onnx::ModelRecord record, const Beside& beside, const std::filesystem::path& source,
                                      const ImportOptions& options) {
  std::vector<std::string> of_metadata = merge_beside(beside, record.metadata);
  OCTET_ASSIGN(onnx::ImportedGraph imported, onnx::import_graph(std::move(record), options.model_info, options.outputs));
  imported.facts.of_metadata = std::move(of_metadata);
  if (imported.original.ok()) imported.original->path = source;
  return finish_import(std::move(imported.graph), imported.facts, std::move(imported.original));
}

Result<ImportedModel> import(const std::filesystem::path& source, const std::filesystem::path&, const ImportOptions& options) {
  OCTET_ASSIGN(onnx::ModelRecord record, onnx::read_model(source));
  OCTET_ASSIGN(const Beside beside, read_beside(source));
  std::vector<std::filesystem::path> files = record.files;
  OCTET_ASSIGN_AT(ImportedModel model, import_model_of(std::move(record), beside, source, options), source.string());
  model.description.name = source.stem().string();
  model.graph.name = model.description.name;
  model.weights = std::move(files);
  return model;
}

}  // namespace

extern const Importer kOnnxImporter;
const Importer kOnnxImporter = {.name = "an ONNX model (.onnx)",
                                .extension = ".onnx",
                                .weights_extension = "",
                                .labels_hint = "--labels FILE names the classes",
                                .recognises = recognises,
                                .import = import,
                                .takes_outputs = true};

}  // namespace octet
