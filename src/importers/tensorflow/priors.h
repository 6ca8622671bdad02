#pragma once

#include <span>

#include "base/result.h"
#include "graph/graph.h"
#include "importers/tensorflow/box_coder.h"
#include "importers/tensorflow/heads.h"

namespace octet::tensorflow {

// Anchors and variances as DetectionOutput takes them, [1,2,N*4]: PriorBoxClustered where the anchors of a feature map
// are the same boxes around the centre of each of its cells, else the boxes as a constant.
Result<Value> append_priors(const BoxCoder& coder, const Heads& boxes, const ImageInput& image, Graph& graph);

// The same for any anchors, as a constant [2,N*4]: corners, then variances.
Tensor listed_priors(std::span<const Anchor> anchors, const BoxCoder& coder);

}  // namespace octet::tensorflow
