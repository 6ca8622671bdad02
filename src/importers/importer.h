#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "importers/imported_model.h"
#include "model/info_reader.h"

namespace octet {

struct ImportOptions {
  std::optional<std::filesystem::path> weights = {};  // default: beside the source, with its name
  ModelInfo model_info = {};                          // what a person says of the model, for what the source leaves open
  Warn warn = {};
  std::vector<std::string> outputs = {};  // values of the source at which the graph is to end; empty: where the source ends
};

// A format of published models that octet reads. Each defines one object beside its code; importers.cc lists them, and the verbs,
// their help and the messages about other files derive from that list.
struct Importer {
  std::string_view name;               // "a Darknet network (.cfg)"
  std::string_view extension;          // ".cfg": looked at where the bytes tell nothing
  std::string_view weights_extension;  // of the file beside the source that holds the numbers; empty if the source does
  std::string_view labels_hint;        // how a person gives it labels; empty if it takes none

  // Whether a file that begins with these bytes (at most kSourceStartBytes) is of this kind.
  bool (*recognises)(std::string_view start);

  // `weights` is empty where the source holds the numbers. Errors name the file: kNotFound, kMalformed, kUnsupported.
  Result<ImportedModel> (*import)(const std::filesystem::path& source, const std::filesystem::path& weights, const ImportOptions& options);

  std::string_view folder_file = {};  // where a model may be a folder: the file by which such a folder is known
  bool takes_outputs = false;         // whether the graph may end at other values than its own outputs
};

inline constexpr std::size_t kSourceStartBytes = 4096;

// All formats that octet reads.
std::span<const Importer* const> importers();

// "a Darknet network (.cfg), a frozen TensorFlow graph (.pb)": for help and messages.
std::string importable_kinds();

// Whether a path is a folder that some importer takes.
bool is_source_folder(const std::filesystem::path& path);

// Whether a path ends as a source file of some importer does.
bool has_source_extension(const std::filesystem::path& path);

// What importer takes a file or folder: "a Darknet network (.cfg)". Errors as import_model() has them.
Result<std::string_view> name_of_format(const std::filesystem::path& source);

// Imports a file or folder of any known kind: what it is is told by its first bytes, and by its name where those tell nothing; a folder by
// the file in it.
// kNotFound; kMalformed; kUnsupported for a file of another kind, saying which if octet knows it, and what to do;
// kInvalidArgument for weights that the kind does not have, and for outputs where it takes none.
Result<ImportedModel> import_model(const std::filesystem::path& source, const ImportOptions& options = {});

}  // namespace octet
