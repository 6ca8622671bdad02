#include "importers/importer.h"

#include "formats/tflite/model.h"
#include "importers/tflite/import.h"

namespace octet {
namespace {

Result<ImportedModel> import(const std::filesystem::path& source, const std::filesystem::path&, const ImportOptions& options) {
  return import_tflite(source, options);
}

}  // namespace

extern const Importer kTfliteImporter;
const Importer kTfliteImporter = {.name = "a TensorFlow Lite model (.tflite)",
                                  .extension = ".tflite",
                                  .weights_extension = "",
                                  .labels_hint = "",
                                  .recognises = tflite::is_model,
                                  .import = import};

}  // namespace octet
