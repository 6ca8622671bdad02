#pragma once

#include "base/result.h"
#include "graph/graph.h"
#include "importers/tensorflow/source.h"
#include "model/info_reader.h"

namespace octet::tensorflow {

// A graph as it is, from its one placeholder to its ends, whatever they mean: inputs and outputs have the axes that they have in the
// file, and names of its nodes. `info` may say the size of a picture that the placeholder leaves open ("orig_width", "orig_height").
// kUnsupported, with the node, for operations that octet does not know here.
//
// Convolutions and windows get their [N,C,H,W] without a Transpose wherever the file has one for its own [N,H,W,C]: an order of axes is
// carried along, and done only where an operation asks for its own.
Result<Graph> translate_plain(const Source& source, const ModelInfo& info);

}  // namespace octet::tensorflow
