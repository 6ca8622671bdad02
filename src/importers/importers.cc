#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/files.h"
#include "importers/foreign_kinds.h"
#include "importers/importer.h"

namespace octet {

// An importer is its folder and a line in this list.
#define OCTET_IMPORTERS(X)         \
  X(kDarknetImporter)              \
  X(kOnnxImporter)                 \
  X(kTensorflowImporter)           \
  X(kTensorflowJsImporter)         \
  X(kTensorflowSavedModelImporter) \
  X(kTfliteImporter)               \
  X(kOpenvinoIrImporter)

#define OCTET_DECLARE(importer) extern const Importer importer;
OCTET_IMPORTERS(OCTET_DECLARE)
#undef OCTET_DECLARE

namespace {

namespace fs = std::filesystem;

#define OCTET_ADDRESS(importer) &importer,
constexpr const Importer* kImporters[] = {OCTET_IMPORTERS(OCTET_ADDRESS)};
#undef OCTET_ADDRESS

bool ends_as(const fs::path& path, std::string_view extension) {
  std::string own = path.extension().string();
  std::ranges::transform(own, own.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return own == extension;
}

const Importer* find_importer(std::string_view start) {
  for (const Importer* importer : kImporters)
    if (importer->recognises(start)) return importer;
  return nullptr;
}

const Importer* find_importer_by_name(const fs::path& source) {
  for (const Importer* importer : kImporters)
    if (ends_as(source, importer->extension)) return importer;
  return nullptr;
}

const Importer* find_importer_of_folder(const fs::path& folder) {
  std::error_code ignored;
  for (const Importer* importer : kImporters)
    if (!importer->folder_file.empty() && fs::is_regular_file(folder / importer->folder_file, ignored)) return importer;
  return nullptr;
}

Error unsupported(const fs::path& source, std::string_view what) {
  return {ErrorCode::kUnsupported, fmt::format("{}: is {}; octet reads {}", source.string(), what, importable_kinds())};
}

Result<const Importer*> importer_of(const fs::path& source) {
  std::error_code ignored;
  if (fs::is_directory(source, ignored)) {
    if (const Importer* importer = find_importer_of_folder(source)) return importer;
    return unsupported(source, describe_folder(source));
  }
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(source));
  const auto bytes = file.bytes().first(std::min(file.bytes().size(), kSourceStartBytes));
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (start.empty()) return Error{ErrorCode::kMalformed, source.string() + ": is empty"};
  if (const Importer* importer = find_importer(start)) return importer;
  if (const auto foreign = describe_foreign(source, start)) return unsupported(source, *foreign);
  if (const Importer* importer = find_importer_by_name(source)) return importer;
  return Error{ErrorCode::kMalformed, fmt::format("{}: is no model that octet knows; it reads {}", source.string(), importable_kinds())};
}

Result<fs::path> weights_of(const fs::path& source, const Importer& importer, const ImportOptions& options) {
  if (!importer.weights_extension.empty()) return options.weights.value_or(fs::path(source).replace_extension(importer.weights_extension));
  if (!options.weights) return fs::path();
  return Error{ErrorCode::kInvalidArgument, fmt::format("{}: {} holds its weights itself, but they are given as {}", source.string(),
                                                        importer.name, options.weights->string())};
}

Status expect_own_outputs(const fs::path& source, const Importer& importer, const ImportOptions& options) {
  if (options.outputs.empty() || importer.takes_outputs) return {};
  return Error{ErrorCode::kInvalidArgument, fmt::format("{}: {} ends at its own outputs, but it is to end at {}", source.string(),
                                                        importer.name, fmt::join(options.outputs, ", "))};
}

}  // namespace

std::span<const Importer* const> importers() { return kImporters; }

std::string importable_kinds() {
  std::string kinds;
  for (const Importer* importer : kImporters) kinds += (kinds.empty() ? "" : ", ") + std::string(importer->name);
  return kinds;
}

bool is_source_folder(const fs::path& path) { return find_importer_of_folder(path) != nullptr; }

bool has_source_extension(const fs::path& path) { return find_importer_by_name(path) != nullptr; }

Result<std::string_view> name_of_format(const fs::path& source) {
  OCTET_ASSIGN(const Importer* importer, importer_of(source));
  return importer->name;
}

Result<ImportedModel> import_model(const fs::path& source, const ImportOptions& options) {
  OCTET_ASSIGN(const Importer* importer, importer_of(source));
  OCTET_ASSIGN(const fs::path weights, weights_of(source, *importer, options));
  OCTET_RETURN_IF_ERROR(expect_own_outputs(source, *importer, options));
  OCTET_ASSIGN(ImportedModel model, importer->import(source, weights, options));
  model.labels_hint = importer->labels_hint;
  return model;
}

}  // namespace octet
