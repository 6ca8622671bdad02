#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "base/result.h"
#include "importers/tensorflow/heads.h"
#include "importers/tensorflow/network.h"

namespace octet::tensorflow {

// An anchor as fractions of the image, in double: it comes from float corners, whose rounding is larger.
struct Anchor {
  double cx = 0, cy = 0, width = 0, height = 0;
};

// How encodings e become boxes: centre = anchor centre + e[place] / scale * anchor size, size = anchor size *
// exp(e[place] / scale); arrays in the order x, y, width, height.
struct BoxCoder {
  std::vector<Anchor> anchors;
  std::array<std::size_t, 4> place{};
  std::array<double, 4> scale{};
};

// Works out anchors and coder from what the graph computes between the predictions and the suppression: `path` leads
// from the suppression's boxes back to the joined encodings. kUnsupported if it decodes boxes in another way.
Result<BoxCoder> understand_box_coder(const std::vector<Ref>& path, const Heads& boxes, Network& network);

}  // namespace octet::tensorflow
