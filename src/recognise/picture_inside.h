#pragma once

#include "graph/graph.h"

namespace octet {

// What a graph itself does to a picture before its first convolution.
struct PictureInside {
  double scale = 1;        // that it multiplies by, in the first channel
  bool subtracts = false;  // a mean
  bool reverses_channels = false;
};

// Found by trying pictures of one colour, however it is spelled. Nothing of this where what lies before the convolution mixes channels, or
// where too much would have to be computed. The first input of the graph is the picture, [N,3,H,W].
PictureInside picture_inside(const Graph& graph);

}  // namespace octet
