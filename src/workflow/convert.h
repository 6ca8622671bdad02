#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"
#include "runtime/plan.h"
#include "zoo/entry.h"

namespace octet {

struct ConvertOptions {
  std::optional<std::filesystem::path> weights;  // of a Darknet cfg; default: beside it, same stem
  std::optional<ZooEntry> description;           // what the source file cannot tell
  Warn warn;
};

struct ConvertedIr {
  std::filesystem::path xml;
  std::vector<Port> inputs, outputs;
};

// A source file of any kind that octet imports as a graph that describes itself completely.
Result<Graph> import_source(const std::filesystem::path& source, const ConvertOptions& options);

// Imports `source` and writes OUTPUT/public/<model>/FP32/<model>.xml and .bin.
Result<ConvertedIr> convert_source(const std::filesystem::path& source, const std::filesystem::path& output, const ConvertOptions& options);

}  // namespace octet
