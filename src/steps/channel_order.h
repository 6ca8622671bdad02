#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "data/dataset.h"
#include "graph/graph.h"

namespace octet {

// Whether red and blue of the pictures seem to be exchanged, in words; empty where they do not. Photographs have more red than blue. Only
// where these have not, the model in floats looks at some of them in both orders, and the order in which it finds clearly more is right.
// `path` is the model's, for messages. Errors are those of make_detector().
Result<std::string> channel_order_remark(const Graph& graph, const std::filesystem::path& path, const Dataset& pictures, int threads);

}  // namespace octet
