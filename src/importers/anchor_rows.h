#pragma once

#include "graph/graph.h"
#include "model/heads/dense.h"

namespace octet {

// What is to be done to an output [1,anchors*columns,H,W] or [1,H,W,anchors*columns] so that it has a row of `columns` for each anchor of
// each cell: [1,H*W*anchors,columns], in the order in which a head of anchors reads its candidates. The value itself where the head has no
// anchors, or the output is none of its maps.
Value rows_of_anchors(Graph& graph, Value map, const std::string& output, const DenseHead& head);

}  // namespace octet
