#include "importers/importer.h"

#include "formats/tensorflow/saved_model.h"
#include "importers/tensorflow/import.h"

namespace octet {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr std::string_view kGraphFile = "saved_model.pb";

// Version 1 of the schema, then a graph.
bool recognises(std::string_view start) { return start.starts_with("\x08\x01\x12"sv); }

// The folder without a slash behind it, so that it has a name; also where the file in it is given.
fs::path folder_of(const fs::path& source) {
  const fs::path path = fs::absolute(source).lexically_normal();
  std::error_code ignored;
  return path.has_filename() && fs::is_directory(path, ignored) ? path : path.parent_path();
}

Result<ImportedModel> import(const fs::path& source, const fs::path&, const ImportOptions& options) {
  return import_tensorflow_file(folder_of(source), {options.model_info, options.warn}, tensorflow::read_saved_model);
}

}  // namespace

extern const Importer kTensorflowSavedModelImporter;
const Importer kTensorflowSavedModelImporter = {.name = "a TensorFlow SavedModel (folder with saved_model.pb)",
                                                .extension = ".savedmodel",
                                                .weights_extension = "",
                                                .labels_hint = "",
                                                .recognises = recognises,
                                                .import = import,
                                                .folder_file = kGraphFile};

}  // namespace octet
