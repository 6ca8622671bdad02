#include <algorithm>

#include "data/first_look.h"
#include "report/requirements.h"
#include "steps/check.h"
#include "workflow/measured.h"

#include "api/measured.h"

namespace octet::v1 {
namespace {

CheckResult check(std::span<const Model> models, const std::filesystem::path& coco, const EvaluateOptions& options) {
  DetectRunOptions settings;
  settings.detect.score_threshold = score_threshold_of(options.score_threshold);
  const Requirements requirements = unwrap(parse_requirements(options.require));
  const MatchSettings scoring = unwrap(match_settings(options.max_detections, options.area_limits));
  settings.detect.max_detections = std::max(settings.detect.max_detections, static_cast<std::size_t>(scoring.most_detections()));
  const Engine& engine = engine_of(options.engine);
  require_requested_isa();
  const InferencePrecision precision = precision_of(options.infer_precision);
  settings.threads = threads_of(options.threads);
  settings.progress = options.progress;
  settings.warn = options.warn;
  const DataSource source = annotated_pictures(coco, options.annotations, options.exif);
  const Dataset dataset = first_images(unwrap(open_dataset(source)), count_of(options.limit, "limit"));
  look_first(dataset, {}, options.warn);
  std::vector<octet::Detector> detectors;
  for (const Model& model : models) detectors.push_back(unwrap(make_detector(model.impl().graph, model.impl().path, engine, precision)));
  CheckResult result = unwrap(check_detectors(detectors, dataset, settings, scoring));
  unwrap(check_requirements(requirements, measured_of(result)));
  return result;
}

}  // namespace

Accuracy evaluate(const Model& model, const std::filesystem::path& coco, const EvaluateOptions& options) try {
  return accuracy_from(check({&model, 1}, coco, options), 0);
} catch (...) {
  rethrow_as_error();
}

Comparison compare(const Model& first, const Model& second, const std::filesystem::path& coco, const EvaluateOptions& options) try {
  const Model models[] = {first, second};
  return comparison_from(check(models, coco, options));
} catch (...) {
  rethrow_as_error();
}

}  // namespace octet::v1
