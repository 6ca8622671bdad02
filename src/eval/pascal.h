#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "eval/metric.h"

// Average precision at one IoU threshold, as Pascal VOC defines it and OpenImages and others took it over.
namespace octet {

// Precision and recall behind each detection that is right, by falling score: behind others recall is the same and precision lower.
struct PrecisionRecall {
  std::vector<double> precision, recall;
};

// VOC until 2009: the mean of the highest precision at a recall of at least 0, 0.1, ..., 1.
double eleven_point_average(const PrecisionRecall& curve);

// VOC from 2010 on: the area under the curve whose precision is made falling from the right.
double area_under(PrecisionRecall curve);

// What one category comes to.
struct RankedDetection {
  double score = 0;
  double right = 0;  // 1 or 0, or what it is worth
  std::uint32_t image = 0;
};
struct Ranking {
  std::vector<RankedDetection> detections;  // those that count, in any order; of equal scores the first comes first
  std::vector<std::uint32_t> objects;       // the image of each that counts
};

struct PascalRules {
  // Boxes of one category by rising image.
  std::function<Ranking(std::span<const TruthBox> truth, std::span<const FoundBox> found)> rank;
  std::function<double(PrecisionRecall curve)> average;
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
