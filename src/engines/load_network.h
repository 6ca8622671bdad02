#pragma once

#include <memory>

#include "base/progress.h"
#include "engines/engine.h"

namespace octet {

// A network as it was opened: octet's graph of it, and the file itself, or why that cannot stand for the graph.
struct NetworkSource {
  const Graph& graph;
  const std::filesystem::path& path;
  const Result<OriginalFile>* original = nullptr;  // null: the file is an IR that is the graph, or there is none
};

// Makes a network ready in an engine: by the file that it was read from where the engine reads such files, with what octet does before and
// after it computed by octet; else by what octet writes of the graph. `say` is told which, but of octet's own engine and of IRs.
Result<std::shared_ptr<const EngineModel>> load_network(const Engine& engine, const NetworkSource& source, const EngineOptions& options,
                                                        const Warn& say);

// The same for measuring its time: a file that the engine reads has its own inputs and outputs, and octet computes nothing.
Result<std::shared_ptr<const EngineModel>> load_bare_network(const Engine& engine, const NetworkSource& source,
                                                             InferencePrecision precision, const Warn& say);

}  // namespace octet
