#include "steps/detection_change.h"

#include <utility>

#include "eval/fidelity.h"
#include "steps/run_results.h"

namespace octet {
namespace {

Result<CheckResult> by_annotations(const DetectionChange& change, const quant::CalibrationOptions& options) {
  OCTET_ASSIGN(const auto classes, map_classes(change.detectors, change.pictures, options.warn));
  return score_runs(classes, change.pictures, change.runs, {options.threads, {}, deployed_thresholds(change.detectors)});
}

Result<CheckResult> by_what_floats_find(const DetectionChange& change, int threads) {
  const RunResults first(change.pictures, change.runs[0], nullptr), second(change.pictures, change.runs[1], nullptr);
  CocoGroundTruth truth = truth_of_reference(first, second, first.image_ids());
  if (truth.annotations.empty()) return Error{ErrorCode::kNotFound, "finds nothing in the pictures, so that nothing can be compared"};
  for (CocoCategory& category : truth.categories) category.name = label_of(change.detectors[0].description, static_cast<int>(category.id));
  const std::vector<const ResultSource*> both{&first, &second};
  return score_results(truth, ids_of(truth), both, {threads, {}, deployed_thresholds(change.detectors)});
}

}  // namespace

Result<DetectionChange> detection_change(const quant::QuantizedModel& model, const std::filesystem::path& path, const Dataset& pictures,
                                         const quant::CalibrationOptions& options) {
  DetectionChange change{random_subset(pictures, kMostPicturesCompared, 0), {}};
  for (const Graph* graph : {&model.floats, &model.graph}) {
    OCTET_ASSIGN(Detector detector, make_detector(*graph, path));
    change.detectors.push_back(std::move(detector));
  }
  DetectRunOptions how;
  how.threads = options.threads;
  how.progress = options.progress;
  OCTET_ASSIGN(change.runs, detect_images(change.detectors, change.pictures, how));
  if (!change.pictures.truth.annotations.empty()) {
    OCTET_ASSIGN(change.check, by_annotations(change, options));
    change.is_annotated = change.check.models[0].numbers.AP >= 0;
  }
  if (change.is_annotated) return change;
  OCTET_ASSIGN(change.check, by_what_floats_find(change, options.threads));
  return change;
}

}  // namespace octet
