#pragma once

#include <string>
#include <vector>

#include "formats/onnx/model.h"

namespace octet::onnx {

// Where a graph can be cut so that nothing is left of a node that octet lacks, of the others of its operator where they fail alike, and of
// what depends on them: the values computed of the inputs without any of these that they read, as they were before single columns were
// picked of them and before they were flattened. Without truth values, which are no outputs of a detector.
std::vector<std::string> values_in_front_of(const GraphRecord& graph, const NodeRecord& node, bool others_fail_alike);

}  // namespace octet::onnx
