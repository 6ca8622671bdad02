#pragma once

#include <array>
#include <optional>

#include "graph/graph.h"
#include "passes/passes.h"

namespace octet {

// What a graph itself does to a picture before its first convolution.
struct PictureInside {
  std::array<double, 3> scales = {1, 1, 1};  // that it multiplies each channel of the picture by,
  std::array<double, 3> offsets = {};        // and what it adds to that
  bool reverses_channels = false;

  bool subtracts() const { return offsets != std::array<double, 3>{}; }
};

// Found by trying pictures of one colour, however it is spelled. Nothing of this where what lies before the convolution mixes channels, or
// where too much would have to be computed. The first input of the graph is the picture, [N,3,H,W].
PictureInside picture_inside(const Graph& graph);

// Whether its scale is one for pixels of 0..255.
bool takes_bytes(const PictureInside& inside);

// How far the first convolution moves from a black picture to a white one where these steps come before the graph: the median of what its
// filters move at most. Nothing where its weights are not plain floats, or all zeros.
std::optional<double> first_response(const Graph& graph, const passes::InputSteps& steps, const PictureInside& inside);

// What is left to be done to a picture where a file asks for `asked`, which says what the first convolution is to read, and the graph does
// some of it; nothing where the graph does none of it, or what it does comes on top.
std::optional<passes::InputSteps> steps_left(const passes::InputSteps& asked, const PictureInside& inside);

}  // namespace octet
