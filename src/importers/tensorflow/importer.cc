#include "importers/importer.h"

#include "importers/tensorflow/import.h"

namespace octet {
namespace {

constexpr char kFirstField = 0x0A;  // a message or a string follows, with its length

// A GraphDef is a list of nodes, and each begins with its name.
bool recognises(std::string_view start) {
  if (!start.starts_with(kFirstField)) return false;
  std::size_t end_of_length = 1;
  while (end_of_length < start.size() && (start[end_of_length] & 0x80) != 0) ++end_of_length;
  return end_of_length + 1 < start.size() && start[end_of_length + 1] == kFirstField;
}

Result<ImportedModel> import(const std::filesystem::path& source, const std::filesystem::path&, const ImportOptions& options) {
  return import_tensorflow(source, {options.model_info, options.warn});
}

}  // namespace

extern const Importer kTensorflowImporter;
const Importer kTensorflowImporter = {.name = "a frozen TensorFlow graph (.pb)",
                                      .extension = ".pb",
                                      .weights_extension = "",
                                      .labels_hint = "",
                                      .recognises = recognises,
                                      .import = import};

}  // namespace octet
