#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "eval/metric.h"

// Average precision at one IoU threshold, as Pascal VOC defines it and OpenImages and others took it over.
namespace octet {

// Precision and recall up to a detection.
struct PrecisionRecall {
  double precision = 0, recall = 0;
};

enum class PascalAverage {
  kElevenPoints,  // VOC until 2009: the mean of the highest precision at a recall of at least 0, 0.1, ..., 1
  kArea,          // VOC from 2010 on: the area under the curve whose precision is made falling from the right
};

// The average over a curve that is told from its end to its beginning, so that it need not be kept. Detections that are right are enough:
// behind others recall is the same and precision lower.
class AverageFromEnd {
 public:
  explicit AverageFromEnd(PascalAverage kind) : kind_(kind) {}

  void add(const PrecisionRecall& point);
  double average() const;

 private:
  PascalAverage kind_;
  double highest_ = 0;  // precision, of the points so far
  double recall_ = 1;   // of the last one
  int points_ = 0;      // of the eleven, which have their precision, those of the highest recall
  double sum_ = 0;
};

// What one category comes to.
struct RankedDetection {
  double score = 0;
  std::uint32_t image = 0;
  bool is_right = false;
};
struct Ranking {
  std::vector<RankedDetection> detections;  // those that count, in any order; of equal scores the first comes first
  std::vector<std::uint32_t> objects;       // the image of each that counts
};

struct PascalRules {
  // Boxes of one category by rising image.
  std::function<Ranking(std::span<const TruthBox> truth, std::span<const FoundBox> found)> rank;
  PascalAverage average;
};

// The mean over the categories in which objects count, and each of them.
Result<MetricAccuracy> evaluate_pascal(const CocoGroundTruth& truth, const ResultSource& results, int threads, const PascalRules& rules);

// The first of those with the highest overlap, whatever it is; none where there is nothing to overlap with.
struct BestOverlap {
  std::size_t place = 0;
  double overlap = -1;
};
BestOverlap best_overlap(std::span<const double> overlaps);

}  // namespace octet
