#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "eval/coco_eval.h"

// The metrics of other data sets than COCO. Each has a file here and a line in metric.cc.
namespace octet {

struct NamedNumber {
  std::string_view name;
  double value = -1;  // a fraction; -1 where nothing of the kind is annotated
};

struct MetricAccuracy {
  std::vector<NamedNumber> numbers;          // the first is the one that the data set ranks by
  std::vector<CategoryAccuracy> categories;  // by rising id
};

struct Metric {
  std::string_view name;
  // Errors, and what is left out, as of match_coco().
  Result<MetricAccuracy> (*evaluate)(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads);
};

std::span<const Metric> metrics();

// Tan, Gupta et al., "LVIS: A Dataset for Large Vocabulary Instance Segmentation", 2019: COCO's numbers of up to 300 detections an image
// over all categories together, of categories that were looked for in the image, with a mean for rare, common and frequent ones. What
// meets no object of a category that is not annotated exhaustively in the image counts neither way. LVIS has no crowds; where there are
// some, they count as in COCO.
Result<MetricAccuracy> evaluate_lvis(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads = 1);

}  // namespace octet
