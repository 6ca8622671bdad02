#pragma once

#include <optional>
#include <vector>

#include "base/image_size.h"
#include "model/heads/dense.h"

namespace octet {

// What boxes are that a graph makes of convolutions that give nothing (at_rest.h).
struct RestingBoxes {
  DenseHead::Box box = DenseHead::Box::kCenter;
  DenseHead::Unit unit = DenseHead::Unit::kPixels;
  double cell_offset = 0.5;  // of their centres from the corners of the cells, in strides
};

// `boxes`: four numbers a candidate, candidate after candidate, map after map, the finest first or, as PP-YOLOE has them, the coarsest; the
// anchors of a cell side by side or map after map. Nothing where their centres are not at the cells.
std::optional<RestingBoxes> boxes_at_cells(const std::vector<double>& boxes, const std::vector<int>& strides, int anchors, ImageSize input);

// The form of boxes that a graph makes of convolutions that give nothing, where they are the anchors of an SSD: several around each centre,
// the centres row by row. Numbers as above. Nothing where they do not lie so in any form.
std::optional<RestingBoxes> boxes_of_anchors(const std::vector<double>& boxes, ImageSize input);

}  // namespace octet
