#pragma once

#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "importers/tensorflow/network.h"
#include "model/description.h"
#include "model/info_reader.h"

namespace octet::tensorflow {

// The raw heads of a YOLO that Keras computes: the convolutions that a graph ends in, if it ends in nothing else.
std::vector<Ref> raw_heads(const Source& source);

// Appends an output [1,C,H,W] for each head, and describes them. The graph does not tell anchors: they are Model API's "anchors" and
// "masks" in `info`, masks in the order of the heads from the finest grid to the coarsest; "octet_heads" is taken in
// their place. kInvalidArgument where `info` has neither; kMalformed where it does not fit the heads.
Result<ModelDescription> append_yolo_heads(const std::vector<Ref>& heads, const ModelInfo& info, Network& network);

}  // namespace octet::tensorflow
