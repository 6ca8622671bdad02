#include "steps/check.h"

#include <algorithm>
#include <iterator>

namespace octet {
namespace {

std::vector<std::int64_t> ids_of_done(const Dataset& dataset, const DetectionRun& run) {
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < dataset.images.size(); ++i)
    if (run.done[i]) ids.push_back(dataset.images[i].id);
  return ids;
}

// The categories for which every model has a class.
std::vector<std::int64_t> measured_by_all(const std::vector<ClassMap>& classes) {
  std::vector<std::int64_t> ids = classes.front().measured_ids;
  for (const ClassMap& map : classes) {
    std::vector<std::int64_t> both;
    std::ranges::set_intersection(ids, map.measured_ids, std::back_inserter(both));
    ids = std::move(both);
  }
  return ids;
}

CocoGroundTruth measured_truth(const Dataset& dataset, const std::vector<std::int64_t>& image_ids,
                               const std::vector<std::int64_t>& category_ids) {
  CocoGroundTruth truth = dataset.truth;
  restrict_to_images(truth, {image_ids.begin(), image_ids.end()});
  std::erase_if(truth.categories, [&](const CocoCategory& category) { return !std::ranges::binary_search(category_ids, category.id); });
  return truth;
}

// Leaves out what is of no category that both models know: beyond those, an id of the one means nothing to the other.
void keep_measured(std::vector<CocoResult>& results, const std::vector<std::int64_t>& category_ids) {
  std::erase_if(results, [&](const CocoResult& result) { return !std::ranges::binary_search(category_ids, result.category_id); });
}

Result<ModelDetails> details_of(const CocoGroundTruth& truth, const std::vector<CocoResult>& found, const CocoMatches& matches,
                                std::optional<double> deployed_threshold) {
  ModelDetails details;
  details.best = best_operating_point(matches);
  if (deployed_threshold) {
    details.deployed = operating_point(matches, *deployed_threshold);
    details.calibration_error = calibration_error(matches, *deployed_threshold);
  }
  OCTET_ASSIGN(details.errors, error_costs(truth, found));
  return details;
}

Status compare(CheckResult& result, const CocoGroundTruth& truth, const std::vector<CocoResult>& first,
               const std::vector<CocoResult>& second, std::span<const std::int64_t> ids, int threads) {
  const double first_ap = result.models[0].numbers.AP, second_ap = result.models[1].numbers.AP;
  if (first_ap >= 0 && second_ap >= 0) result.drop = first_ap - second_ap;  // else nothing is annotated, which is no drop of 0
  OCTET_ASSIGN(const Fidelity fidelity, evaluate_fidelity(first, second, ids, kReferenceScore, threads));
  result.fidelity = fidelity.numbers.AP;
  if (auto drops = bootstrap_ap_drop(truth, first, second, {}, threads); drops.ok()) result.drops = std::move(*drops);
  result.shift = score_shift(first, second, kReferenceScore);
  return {};
}

}  // namespace

Result<CheckResult> score_results(const CocoGroundTruth& truth, const ScoredResults& results, std::span<const std::int64_t> image_ids,
                                  int threads) {
  CheckResult result;
  result.images = static_cast<std::int64_t>(image_ids.size());
  for (std::size_t i = 0; i < results.found.size(); ++i) {
    const bool is_known = i < results.deployed_thresholds.size();
    OCTET_ASSIGN(const CocoMatches matches, match_coco(truth, results.found[i], threads));
    result.models.push_back(score_coco(matches, truth, threads));
    OCTET_ASSIGN(const ModelDetails details,
                 details_of(truth, results.found[i], matches, is_known ? std::optional(results.deployed_thresholds[i]) : std::nullopt));
    result.details.push_back(details);
  }
  if (results.found.size() == 2) OCTET_RETURN_IF_ERROR(compare(result, truth, results.found[0], results.found[1], image_ids, threads));
  return result;
}

Result<MeasuredResults> measured_results(const std::vector<ClassMap>& classes, const Dataset& dataset,
                                         const std::vector<DetectionRun>& runs, const std::vector<double>& deployed_thresholds) {
  OCTET_CHECK(classes.size() == runs.size() && (runs.size() == 1 || runs.size() == 2), "one model or two");
  auto ids = ids_of_done(dataset, runs[0]);
  if (ids.empty()) return Error{ErrorCode::kNotFound, dataset.image_folder.string() + ": none of its images could be read"};
  const std::vector<std::int64_t> categories = measured_by_all(classes);
  const bool have_same_classes = classes.front() == classes.back();
  ScoredResults results{{}, deployed_thresholds};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    results.found.push_back(coco_results(classes[i], dataset, runs[i]));
    if (!have_same_classes) keep_measured(results.found.back(), categories);
  }
  return MeasuredResults{measured_truth(dataset, ids, categories), std::move(results), std::move(ids)};
}

Result<CheckResult> score_runs(const std::vector<ClassMap>& classes, const Dataset& dataset, const std::vector<DetectionRun>& runs,
                               int threads, const std::vector<double>& deployed_thresholds) {
  OCTET_ASSIGN(const MeasuredResults measured, measured_results(classes, dataset, runs, deployed_thresholds));
  OCTET_ASSIGN(CheckResult result, score_results(measured.truth, measured.results, measured.image_ids, threads));
  result.classes = classes;
  return result;
}

Result<RunningAccuracy> running_accuracy(const std::vector<ClassMap>& classes, const Dataset& dataset,
                                         const std::vector<DetectionRun>& runs) {
  constexpr BootstrapOptions kFew{.resamples = 320};
  OCTET_ASSIGN(const MeasuredResults measured, measured_results(classes, dataset, runs));
  RunningAccuracy accuracy{static_cast<std::int64_t>(measured.image_ids.size()), {}, {}};
  // The AP of a model is its drop to one that finds nothing.
  OCTET_ASSIGN(ApDrops drops, bootstrap_ap_drop(measured.truth, measured.results.found[0], {}, kFew));
  accuracy.ap = std::move(drops.all);
  if (runs.size() < 2) return accuracy;
  OCTET_ASSIGN(drops, bootstrap_ap_drop(measured.truth, measured.results.found[0], measured.results.found[1], kFew));
  accuracy.drop = std::move(drops.all);
  return accuracy;
}

std::vector<double> deployed_thresholds(const std::vector<Detector>& detectors) {
  std::vector<double> thresholds;
  for (const Detector& detector : detectors) thresholds.push_back(detector.description.confidence_threshold);
  return thresholds;
}

Result<CheckResult> check_detectors(const std::vector<Detector>& detectors, const Dataset& dataset, const DetectRunOptions& options) {
  OCTET_ASSIGN(const auto classes, map_classes(detectors, dataset, options.warn));
  OCTET_ASSIGN(const auto runs, detect_images(detectors, dataset, options));
  return score_runs(classes, dataset, runs, options.threads, deployed_thresholds(detectors));
}

}  // namespace octet
