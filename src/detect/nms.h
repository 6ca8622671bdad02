#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "detect/candidate.h"
#include "model/description.h"

namespace octet {

// Greedy suppression within each class, or across them all: the best-scored box stays, every other whose IoU with it is strictly above the
// limit goes, and so on with the next one. Across classes, a box that is a candidate for several keeps the best of them. With a distance
// power p the limit is put upon
//   IoU - (d² / c²)^p
// d the distance of the two centres and c the diagonal of the smallest box around both: what Darknet does for nms_kind=greedynms
// (p 0.6) and diounms (p beta_nms); p 1 is the DIoU of Zheng et al. 2020.
//
//   candidates  boxes in one frame, no coordinate NaN; ties in score keep their order
//   most        boxes to keep, in each class and over all of them
//   returns     by falling score; ties by class, then in the order of `candidates`
//
// Cost O(n * most) comparisons per class.
std::vector<Candidate> suppress_overlaps(std::span<const Candidate> candidates, const Suppression& suppression, std::size_t most);

// The `most` best by score; ties by class, then in their order.
std::vector<Candidate> best_scored(std::vector<Candidate> candidates, std::size_t most);

}  // namespace octet
