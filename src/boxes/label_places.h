#pragma once

#include <optional>
#include <span>
#include <vector>

#include "boxes/box.h"

namespace octet {

// The label of a box and how much room it takes, in pixels of the picture.
struct LabelToPlace {
  BoxXyxy box_px;
  float width = 0, height = 0;
};

struct LabelPlace {
  BoxXyxy area_px;
  bool ends_at_right = false;  // aligned with the right side of its box, not with the left one
};

// A place for each label above, within or below its box, moved sideways where it would leave the picture, so that no label
// covers another; none where there is no room. The first labels choose first. Cost O(n²).
std::vector<std::optional<LabelPlace>> place_labels(std::span<const LabelToPlace> labels, float picture_width, float picture_height);

}  // namespace octet
