#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "detect/candidate.h"
#include "detect/outputs.h"
#include "model/description.h"

namespace octet {

// kMalformed unless each output that the head names is there, f32 [1, anchors * (5 + classes), height, width].
Status check_outputs(const YoloHead& head, std::span<const OutputType> outputs);

// Appends what the outputs propose, one after another.
Status decode(const YoloHead& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates);
inline ImageSize unit_of(const YoloHead&, ImageSize) { return {1, 1}; }

// Appends what one output proposes: every class of every box whose objectness * probability is strictly above
// `score_threshold`, anchor by anchor, row by row. Boxes in pixels of the input. A score or a center that is not
// finite proposes nothing; a side may be infinite. `shape` has passed check_outputs(), and `values` are as many as it says.
//
// Per cell, with s the logistic function (Redmon & Farhadi 2018; scale_x_y of Bochkovskiy et al. 2020):
//   center = (s(t_xy) * scale_x_y - (scale_x_y - 1) / 2 + cell) * input / grid,  size = exp(t_wh) * anchor
void decode_yolo(const YoloOutput& output, ImageSize input, std::span<const float> values, const Shape& shape, double score_threshold,
                 std::vector<Candidate>& candidates);

}  // namespace octet
