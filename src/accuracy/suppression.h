#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "accuracy/boxes.h"

// The suppressions of overlapping boxes that configurations name. None looks at labels.
namespace octet::accuracy {

struct Suppression {
  double overlap = 0.5;                      // what is measured above it goes
  bool include_boundaries = true;            // boxes are a pixel wider and higher than their corners are apart
  std::optional<std::size_t> keep_top = {};  // so many of the best-scored are looked at; 0 counts as none given
  bool use_min_area = false;                 // the smaller of both areas takes the place of the union
  bool by_distance = false;                  // the overlap less (d² / c²)^0.6, d between the centres, c across both boxes
};

// Greedy: by falling score, of equal scores the last first. Returns the indices of boxes that stay, in that order. Cost O(n²).
std::vector<std::size_t> suppress(std::span<const Box> boxes, const Suppression& suppression);

struct SoftSuppression {
  std::size_t keep_top = 200;
  double sigma = 0.5, min_score = 0;
};

// Takes the best box, scales the scores of all others by exp(-IoU² / sigma), and so on, until none is left that scores `min_score`. As
// upstream does, and published figures with it, it keeps the boxes in their order but gives them the scores in the order in which they
// were taken. No box is taken twice: with a `min_score` of 0 upstream's own ends with an exception there.
void suppress_softly(ImageBoxes& found, const SoftSuppression& suppression);

// Each group of boxes that overlap the best of them by at least `overlap` becomes one: corners as the mean by score, the mean of the
// scores, and the label of the first box of all.
void suppress_weighted(ImageBoxes& found, double overlap);

}  // namespace octet::accuracy
