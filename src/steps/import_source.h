#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/original_file.h"
#include "model/description.h"
#include "passes/passes.h"
#include "zoo/zoo_model.h"

namespace octet {

// Names for the outputs of a model, by the names that its importer gives them.
using OutputNames = std::map<std::string, std::vector<std::string>, std::less<>>;

struct ConvertOptions {
  std::optional<std::filesystem::path> weights{};  // of a Darknet cfg; default: beside it, same stem
  std::optional<ZooModel> description{};           // what the source file cannot tell
  std::filesystem::path labels{};                  // names of the classes, one a line; empty: what the source and the description say
  Warn warn{};
  passes::InputSteps input_steps{};    // to be done to pictures before what the source is read as, which takes them as octet does
  std::vector<std::string> outputs{};  // values of the source at which the graph is to end; empty: where the source ends
  OutputNames output_names{};          // by which scripts look for them, beside those that the source gives
  std::string description_word{};      // by which a person named `description`: a known model or a file; for records
};

// A source file of any kind that octet imports, in the form that the passes leave, as a graph that describes itself completely.
// Errors are those of import_model(), and kMalformed for a description, labels or names of outputs that do not fit the source.
Result<Graph> import_source(const std::filesystem::path& source, const ConvertOptions& options);

// A model to work with: an IR of octet as it is, what a description says of it put over what it says itself, or anything that
// import_source() takes.
Result<Graph> open_model(const std::filesystem::path& model, const ConvertOptions& options);

// The file for a graph that was read from it, or why it cannot stand for the graph; nothing where the file is an IR that is the graph.
using OptionalOriginal = std::optional<Result<OriginalFile>>;

// A model and how it came to be so.
struct OpenedModel {
  std::string format;   // "an ONNX model (.onnx)"
  bool is_own = false;  // an IR that octet wrote, whose graph is the file's
  Graph graph;
  ModelDescription description;
  passes::InputSteps steps{};             // before the network as the file has it, where that is known
  std::vector<std::string> reasons = {};  // what was recognised and why; may be empty
  OptionalOriginal original = {};
  std::vector<std::filesystem::path> files = {};  // that hold it: of a folder all, else the file and those beside it that it needs
};

// The same with keys of a description that win over the one in `options`. Steps that a picture goes through (reverse_input_channels,
// mean_values, scale_values) are those of the file; where the file's own are not known they come in front of what the graph does.
Result<OpenedModel> open_model_with(const std::filesystem::path& model, const ConvertOptions& options, const ModelInfo& settings);

struct OpenedNetwork {
  Graph graph;
  OptionalOriginal original = {};
};

// The same for who needs no description: an IR of any program as it is.
Result<OpenedNetwork> open_network(const std::filesystem::path& model, const ConvertOptions& options);

}  // namespace octet
