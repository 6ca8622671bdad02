#pragma once

#include <cstdint>
#include <span>

#include "eval/coco_eval.h"
#include "eval/result_source.h"

namespace octet {

inline constexpr double kReferenceScore = 0.3;

// How much one model finds what another found; needs no annotations.
struct Fidelity {
  CocoNumbers numbers;               // all -1 if there is no reference box
  std::int64_t reference_boxes = 0;  // detections of the first model that were taken as the truth
};

// The detections of `reference` that score at least `reference_score` as a truth. The area of a reference box is width times height, none
// is a crowd, and the categories are those that either side names; their numbers are their names.
//   image_ids   the images that both models saw; empty: those of which either side has a detection
CocoGroundTruth truth_of_reference(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids,
                                   double reference_score = kReferenceScore);

// COCO's numbers of `results` by that truth.
//   error       kMalformed: a result is of an image that is not in `image_ids`
Result<Fidelity> evaluate_fidelity(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids = {},
                                   double reference_score = kReferenceScore, int threads = 1);

}  // namespace octet
