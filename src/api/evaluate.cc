#include "data/first_look.h"
#include "steps/check.h"

#include "api/api.h"

namespace octet::v1 {
namespace {

Accuracy accuracy_from(const CocoNumbers& numbers, std::int64_t images) {
  return {numbers.AP,        numbers.AP50,     numbers.AP75, numbers.AP_small, numbers.AP_medium,
          numbers.AP_large,  numbers.AR1,      numbers.AR10, numbers.AR100,    numbers.AR_small,
          numbers.AR_medium, numbers.AR_large, images};
}

CheckResult check(std::span<const Model> models, const std::filesystem::path& coco, const EvaluateOptions& options) {
  DetectRunOptions settings;
  settings.detect.score_threshold = options.score_threshold;
  require_requested_isa();
  settings.threads = threads_of(options.threads);
  settings.progress = options.progress;
  settings.warn = options.warn;
  const Dataset dataset = first_images(unwrap(open_dataset({.folder = coco})), count_of(options.limit, "limit"));
  look_first(dataset, {}, options.warn);
  std::vector<octet::Detector> detectors;
  for (const Model& model : models) detectors.push_back(unwrap(make_detector(model.impl().graph, model.impl().path)));
  return unwrap(check_detectors(detectors, dataset, settings));
}

}  // namespace

Accuracy evaluate(const Model& model, const std::filesystem::path& coco, const EvaluateOptions& options) try {
  const CheckResult result = check({&model, 1}, coco, options);
  return accuracy_from(result.models.at(0).numbers, result.images);
} catch (...) {
  rethrow_as_error();
}

Comparison compare(const Model& first, const Model& second, const std::filesystem::path& coco, const EvaluateOptions& options) try {
  const Model models[] = {first, second};
  const CheckResult result = check(models, coco, options);
  Comparison comparison;
  comparison.first = accuracy_from(result.models.at(0).numbers, result.images);
  comparison.second = accuracy_from(result.models.at(1).numbers, result.images);
  comparison.drop = comparison.first.ap - comparison.second.ap;
  comparison.drop_low = result.drops ? result.drops->all.low : comparison.drop;
  comparison.drop_high = result.drops ? result.drops->all.high : comparison.drop;
  comparison.fidelity = result.fidelity.value_or(-1);
  return comparison;
} catch (...) {
  rethrow_as_error();
}

}  // namespace octet::v1
