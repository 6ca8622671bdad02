#pragma once

#include <optional>

#include "base/image_size.h"
#include "base/result.h"
#include "graph/graph.h"
#include "recognise/found_head.h"
#include "recognise/recognise.h"

namespace octet {

// What the outputs of a graph are, by their shapes, by what it makes of nothing (at_rest.h) and by how the file ended. `classes`: as many
// as there are names, where there are any. kUnsupported, with what is open about outputs of these shapes, where nothing fits.
Result<FoundHead> find_head(const Graph& graph, const SourceFacts& facts, ImageSize input, std::optional<int> classes);

}  // namespace octet
