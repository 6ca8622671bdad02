#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "eval/matching.h"

namespace octet {

inline constexpr int kRecallPoints = 101;

// 0, 0.01, ..., 1 with the rounding that COCO's own code has.
double recall_point(int index);

// Precision and recall of one category at each IoU threshold.
struct CategoryScore {
  bool is_defined = false;                                     // false: no object counts, and the category is left out of every mean
  std::array<double, kIouThresholdCount> average_precision{};  // mean of the precision at recall 0, 0.01, ..., 1
  std::array<double, kIouThresholdCount> recall{};             // with all detections
};

// Scores the matches of one category, as COCO's evaluation does: detections of all images in one list by falling score,
// precision made falling from the right, then read at 101 values of recall.
//   size            which objects count
//   max_detections  how many of each image, 1 to what the matches were made with
//   image_weights   how often each image counts, by image index; empty: once each. A resampled data set is scored so
//                   without matching again.
CategoryScore score_category(const CategoryMatches& matches, SizeClass size, int max_detections,
                             std::span<const std::uint32_t> image_weights = {});

// The precision at each value of recall, which the averages above are means of, for each IoU threshold; all 0 where no object counts.
using PrecisionCurve = std::array<double, kRecallPoints>;
std::array<PrecisionCurve, kIouThresholdCount> precision_curves(const CategoryMatches& matches, SizeClass size, int max_detections);

}  // namespace octet
