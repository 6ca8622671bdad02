#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "importers/tensorflow/evaluator.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {

// The post-processing as its NonMaxSuppression nodes and what is around them tell.
struct Suppression {
  // From the suppression's input (boxes: from where they are not clipped yet) back to the joined predictions.
  std::vector<Ref> boxes_path, scores_path;
  float iou_threshold = 0.5f;
  float score_threshold = 0;          // scores must be above
  std::int64_t max_detections = 100;  // of all classes, an image
  bool clips_first = false;           // boxes are cut at the image border before suppression, else after
};

// Errors: kUnsupported if there is no suppression, or one that octet cannot express.
Result<Suppression> find_suppression(const Source& source, Evaluator& constants);

}  // namespace octet::tensorflow
