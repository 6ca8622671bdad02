#pragma once

#include <map>
#include <optional>
#include <string>

#include "graph/graph.h"

namespace octet {

// The outputs of a graph, by name, where every convolution, its bias included, gives zeros and no quantizer rounds: what a head makes of
// "nothing seen" tells its form, however it is spelled. Boxes that the graph decodes lie around their cells, or are its anchors; scores
// behind a logistic function are a half; what leaves convolutions as it is, is 0. Nothing where too much would have to be computed.
// `convolved`: another number that they give in place of zero.
std::optional<std::map<std::string, Tensor>> outputs_at_rest(const Graph& graph, float convolved = 0);

}  // namespace octet
