#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "eval/bootstrap.h"
#include "eval/result_source.h"

// The metrics of other data sets than COCO. Each has a file here and a line in metric.cc.
namespace octet {

struct NamedNumber {
  std::string_view name;
  double value = -1;  // a fraction; -1 where nothing of the kind is annotated
};

struct MetricAccuracy {
  std::vector<NamedNumber> numbers;  // the first is the one that the data set ranks by
  ResampledModel model;              // the same, to be drawn again for the interval of a drop; its categories by rising id
};

struct Metric {
  std::string_view name;
  std::size_t most_in_image;  // detections, over all categories, that a model is to keep for it
  // Errors, and what is left out, as of match_coco(). Results are read some categories at a time.
  Result<MetricAccuracy> (*evaluate)(const CocoGroundTruth& truth, const ResultSource& results, int threads);
};

std::span<const Metric> metrics();

inline constexpr std::size_t kLvisMostInImage = 300;

// Tan, Gupta et al., "LVIS: A Dataset for Large Vocabulary Instance Segmentation", 2019: COCO's numbers of up to 300 detections an image
// over all categories together, of categories that were looked for in the image, with a mean for rare, common and frequent ones. What
// meets no object of a category that is not annotated exhaustively in the image counts neither way. LVIS has no crowds; where there are
// some, they count as in COCO.
Result<MetricAccuracy> evaluate_lvis(const CocoGroundTruth& truth, const ResultSource& results, int threads = 1);

// Everingham et al., "The Pascal Visual Object Classes Challenge", 2010: the mean of average precisions at an IoU of 0.5, in 11 points as
// until VOC 2009, or all points as from VOC 2010 on. Objects that are difficult count neither way: those that are crowds, which the reader
// of VOC's annotations makes of them. Boxes are continuous, so that VOC's corners 1 and 1 are a box of one pixel.
Result<MetricAccuracy> evaluate_voc2007(const CocoGroundTruth& truth, const ResultSource& results, int threads = 1);
Result<MetricAccuracy> evaluate_voc2012(const CocoGroundTruth& truth, const ResultSource& results, int threads = 1);

// The Open Images Challenge's: the mean of average precisions at an IoU of 0.5, of categories that are in the image or were looked for
// there. A group of objects (a crowd, in COCO's form) is one object that all detections at least half inside it find together. Objects are
// those of the classes above theirs as well: the reader of OpenImages adds them.
Result<MetricAccuracy> evaluate_openimages(const CocoGroundTruth& truth, const ResultSource& results, int threads = 1);

}  // namespace octet
