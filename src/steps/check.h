#pragma once

#include <optional>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/coco_eval.h"
#include "eval/fidelity.h"
#include "detector/detect_images.h"
#include "steps/classes.h"

namespace octet {

// Accuracy of one model, or of two side by side on the same images.
struct CheckResult {
  std::vector<CocoAccuracy> models;
  std::vector<ClassMap> classes;      // of each model
  std::optional<double> drop;         // AP of the first less AP of the second, a fraction
  std::optional<double> fidelity;     // AP of the second where the first's detections of at least 0.3 are the truth
  std::optional<ApDrop> uncertainty;  // of the drop
  std::int64_t images = 0;            // that every model could read
};

// Runs one or two detectors over a data set, one after the other.
Result<std::vector<DetectionRun>> detect_with_each(const std::vector<Detector>& detectors, const Dataset& dataset,
                                                   const DetectRunOptions& options);

// Scores what each detector found in an annotated data set, `classes` being the map of each. An image that could not be read
// counts for neither model, nor does a category for which one of them has no class.
Result<CheckResult> score_runs(const std::vector<ClassMap>& classes, const Dataset& dataset, const std::vector<DetectionRun>& runs,
                               int threads);

// All of it: maps the classes, runs the detectors and scores what they found. `options.warn` is told of classes before pictures are run.
Result<CheckResult> check_detectors(const std::vector<Detector>& detectors, const Dataset& dataset, const DetectRunOptions& options);

}  // namespace octet
