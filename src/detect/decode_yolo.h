#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "detect/candidate.h"
#include "detect/model_description.h"
#include "tensor/shape.h"

namespace octet {

// Appends what one raw head proposes: every class of every box whose objectness * probability is strictly above
// `score_threshold`, anchor by anchor, row by row. Boxes in network pixels. A score or a center that is not
// finite proposes nothing; a side may be infinite.
// kMalformed if `shape` is not [1, anchors * (5 + classes), height, width].
//
// Per cell, with s the logistic function (Redmon & Farhadi 2018; scale_x_y of Bochkovskiy et al. 2020):
//   center = (s(t_xy) * scale_x_y - (scale_x_y - 1) / 2 + cell) * input / grid,  size = exp(t_wh) * anchor
Status decode_yolo(const YoloHead& head, ImageSize input, std::span<const float> values, const Shape& shape, double score_threshold,
                   std::vector<Candidate>& candidates);

}  // namespace octet
