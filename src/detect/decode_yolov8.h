#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "detect/candidate.h"
#include "detect/outputs.h"
#include "model/description.h"

namespace octet {

// kMalformed unless each output that the head names is there, f32, in the shape of its form (model/heads/yolov8.h).
Status check_outputs(const Yolov8Head& head, std::span<const OutputType> outputs);

// Appends every class of every cell whose score is strictly above `score_threshold`, output by output, cell by cell. What is not
// finite proposes nothing.
Status decode(const Yolov8Head& head, const ModelDescription& description, std::span<const NamedOutput> outputs, double score_threshold,
              std::vector<Candidate>& candidates);
inline ImageSize unit_of(const Yolov8Head&, ImageSize) { return {1, 1}; }

}  // namespace octet
