#pragma once

#include "formats/tensorflow/graph_def.h"

namespace octet::tensorflow {

// TensorFlow's and TensorFlow.js' optimizers write a convolution with the bias, batch normalisation and activation that follow as one
// node (_FusedConv2D, FusedDepthwiseConv2dNative). Gives the graph with each such node as the nodes that it stands for; the last one
// keeps the name and the place, the others are appended. What a node names and octet does not know stays as it is.
GraphDef expand_fused_nodes(GraphDef graph);

}  // namespace octet::tensorflow
