#pragma once

#include <filesystem>
#include <optional>

#include "base/progress.h"
#include "graph/graph.h"
#include "zoo/entry.h"

namespace octet {

struct ConvertOptions {
  std::optional<std::filesystem::path> weights{};  // of a Darknet cfg; default: beside it, same stem
  std::optional<ZooEntry> description{};           // what the source file cannot tell
  std::filesystem::path labels{};                  // names of the classes, one a line; empty: what the source and the description say
  Warn warn{};
};

// A source file of any kind that octet imports, in the form that the passes leave, as a graph that describes itself completely.
// Errors are those of import_model(), and kMalformed for a description or labels that do not fit the source.
Result<Graph> import_source(const std::filesystem::path& source, const ConvertOptions& options);

}  // namespace octet
