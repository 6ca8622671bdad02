#pragma once

#include <optional>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/coco_eval.h"
#include "eval/fidelity.h"
#include "workflow/detector.h"

namespace octet {

// Accuracy of one model, or of two side by side on the same images.
struct CheckResult {
  std::vector<CocoAccuracy> models;
  std::vector<DetectionRun> runs;      // of each model
  std::optional<double> drop;          // AP of the first less AP of the second, a fraction
  std::optional<double> fidelity;      // AP of the second where the first's detections of at least 0.3 are the truth
  std::optional<ApDrop> uncertainty;   // of the drop
  std::int64_t images = 0;             // that every model could read
};

// Runs one or two detectors over an annotated data set and scores them. An image that cannot be read counts for neither model.
Result<CheckResult> check_accuracy(const std::vector<Detector>& detectors, const Dataset& dataset, const DetectRunOptions& options);

}  // namespace octet
