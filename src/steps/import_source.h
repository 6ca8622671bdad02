#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"
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
};

// A source file of any kind that octet imports, in the form that the passes leave, as a graph that describes itself completely.
// Errors are those of import_model(), and kMalformed for a description, labels or names of outputs that do not fit the source.
Result<Graph> import_source(const std::filesystem::path& source, const ConvertOptions& options);

// A model to work with: an IR of octet as it is, what a description says of it put over what it says itself, or anything that
// import_source() takes.
Result<Graph> open_model(const std::filesystem::path& model, const ConvertOptions& options);

// The same for who needs no description: an IR of any program as it is.
Result<Graph> open_network(const std::filesystem::path& model, const ConvertOptions& options);

}  // namespace octet
