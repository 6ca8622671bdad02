#include "importers/importer.h"

#include "formats/tensorflow_js/graph_model.h"
#include "importers/tensorflow/import.h"

namespace octet {
namespace {

// A JSON object with the keys of a graph model near its beginning.
bool recognises(std::string_view start) {
  const std::size_t first = start.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || start[first] != '{') return false;
  for (const std::string_view word : {"\"modelTopology\"", "\"weightsManifest\"", "\"graph-model\"", "\"layers-model\""})
    if (start.find(word) != std::string_view::npos) return true;
  return false;
}

Result<ImportedModel> import(const std::filesystem::path& source, const std::filesystem::path&, const ImportOptions& options) {
  return import_tensorflow_file(source, {options.model_info, options.warn}, tensorflow_js::read_graph_model);
}

}  // namespace

extern const Importer kTensorflowJsImporter;
const Importer kTensorflowJsImporter = {.name = "a TensorFlow.js graph model (.json)",
                                        .extension = ".json",
                                        .weights_extension = "",
                                        .labels_hint = "",
                                        .recognises = recognises,
                                        .import = import};

}  // namespace octet
