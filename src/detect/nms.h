#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "detect/candidate.h"

namespace octet {

// Greedy suppression within each class: the best-scored box stays, every other of its class whose IoU with it is
// strictly above `iou_limit` goes, and so on with the next one.
//
//   candidates  boxes in one frame, no coordinate NaN; ties in score keep their order
//   iou_limit   0..1
//   most        boxes to keep, in each class and over all of them
//   returns     by falling score; ties by class, then in the order of `candidates`
//
// Cost O(n * most) comparisons per class. The rule is that of SSD and of Darknet; none of Soft-NMS or DIoU.
std::vector<Candidate> suppress_overlaps(std::span<const Candidate> candidates, double iou_limit, std::size_t most);

// The `most` best by score; ties by class, then in their order.
std::vector<Candidate> best_scored(std::vector<Candidate> candidates, std::size_t most);

}  // namespace octet
