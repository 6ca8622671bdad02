#pragma once

#include <cstdint>
#include <optional>
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
  std::optional<float> score_threshold;  // scores must be above; nothing where the graph does not tell
  std::int64_t max_detections = 100;     // of all classes, an image
  bool clips_first = false;              // boxes are cut at the image border before suppression, else after
};

// Errors: kUnsupported for a suppression that octet cannot express.
Result<Suppression> find_suppression(const Source& source, Evaluator& constants);

// Whether the graph suppresses boxes itself.
bool has_suppression(const Source& source);

// For a graph that ends before its suppression, as those of TensorFlow.js may: its two ends are the decoded boxes and the scores, and the
// limits are the Object Detection API's own defaults. Nothing if it does not end so.
std::optional<Suppression> suppression_left_out(const Source& source);

}  // namespace octet::tensorflow
