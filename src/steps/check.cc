#include "steps/check.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "eval/by_category.h"
#include "steps/run_results.h"

namespace octet {
namespace {

ScratchVector<std::int64_t> ids_of_done(const Dataset& dataset, const DetectionRun& run) {
  ScratchVector<std::int64_t> ids;
  for (std::size_t i = 0; i < dataset.images.size(); ++i)
    if (run.done[i]) ids.push_back(dataset.images.id(i));
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

// What is said of one model.
struct ModelScore {
  CocoAccuracy accuracy;
  JudgedScores scores;
  ResampledModel resampled;
};

Result<ModelScore> score_model(const CocoGroundTruth& truth, const CocoIds& ids, const ResultSource& results, int threads,
                               const MatchSettings& settings) {
  OCTET_ASSIGN(const FoundBoxes found, FoundBoxes::of(results, ids));
  TruthBoxes annotated(truth, ids);
  CocoTally tally(settings);
  ResampledMatches resampled(settings);
  ModelScore score;
  match_by_category(annotated, found, ids, threads, settings, {}, [&](auto category_ids, auto matches) {
    tally.add(category_ids, matches, truth, threads);
    resampled.add(matches);
    score.scores.add(matches);
  });
  score.accuracy = tally.accuracy();
  score.resampled = std::move(resampled).model(score.accuracy, ids.image_ids.size());
  return score;
}

// All but the kinds of errors.
ModelDetails details_of(const JudgedScores& scores, std::optional<double> deployed_threshold) {
  ModelDetails details;
  details.best = scores.best();
  if (deployed_threshold) {
    details.deployed = scores.at(*deployed_threshold);
    details.calibration_error = scores.calibration_error(*deployed_threshold);
  }
  return details;
}

Status compare(CheckResult& result, std::span<const ResultSource* const> models, std::span<const ResampledModel> resampled,
               std::span<const std::int64_t> ids, int threads) {
  const double first_ap = result.models[0].numbers.AP, second_ap = result.models[1].numbers.AP;
  if (first_ap >= 0 && second_ap >= 0) result.drop = first_ap - second_ap;  // else nothing is annotated, which is no drop of 0
  OCTET_ASSIGN(const Fidelity fidelity, evaluate_fidelity(*models[0], *models[1], ids, kReferenceScore, threads));
  result.fidelity = fidelity.numbers.AP;
  if (auto drops = bootstrap_ap_drop(resampled[0], resampled[1], {}, threads); drops.ok()) result.drops = std::move(*drops);
  result.shift = score_shift(*models[0], *models[1], kReferenceScore);
  return {};
}

}  // namespace

Result<CheckResult> score_results(const CocoGroundTruth& truth, const CocoIds& ids, std::span<const ResultSource* const> models,
                                  const ScoreOptions& options) {
  CheckResult result;
  result.images = static_cast<std::int64_t>(ids.image_ids.size());
  result.settings = options.settings;
  std::vector<ResampledModel> resampled;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const bool is_known = i < options.deployed_thresholds.size();
    OCTET_ASSIGN(ModelScore score, score_model(truth, ids, *models[i], options.threads, options.settings));
    ModelDetails details = details_of(score.scores, is_known ? std::optional(options.deployed_thresholds[i]) : std::nullopt);
    score.scores = {};  // before as much memory is taken for the errors
    OCTET_ASSIGN(details.errors, error_costs(truth, ids, *models[i], options.threads));
    result.models.push_back(std::move(score.accuracy));
    result.details.push_back(details);
    resampled.push_back(std::move(score.resampled));
  }
  if (models.size() == 2) OCTET_RETURN_IF_ERROR(compare(result, models, resampled, ids.image_ids, options.threads));
  return result;
}

std::vector<const ResultSource*> MeasuredRuns::sources() const {
  std::vector<const ResultSource*> list;
  for (const auto& model : models) list.push_back(model.get());
  return list;
}

CocoGroundTruth restricted_truth(const CocoGroundTruth& truth, const CocoIds& ids) {
  CocoGroundTruth restricted = truth;
  restrict_to_images(restricted, ids.image_ids);
  std::erase_if(restricted.categories,
                [&](const CocoCategory& category) { return !std::ranges::binary_search(ids.category_ids, category.id); });
  return restricted;
}

Result<MeasuredRuns> measured_runs(const std::vector<ClassMap>& classes, const Dataset& dataset, std::span<const DetectionRun> runs) {
  OCTET_CHECK(classes.size() == runs.size() && (runs.size() == 1 || runs.size() == 2), "one model or two");
  auto ids = ids_of_done(dataset, runs[0]);
  if (ids.empty()) return Error{ErrorCode::kNotFound, dataset.image_folder.string() + ": none of its images could be read"};
  const std::vector<std::int64_t> categories = measured_by_all(classes);
  MeasuredRuns measured{{std::move(ids), {}}, {}};
  for (const CocoCategory& category : dataset.truth.categories)
    if (std::ranges::binary_search(categories, category.id)) measured.ids.category_ids.push_back(category.id);
  std::ranges::sort(measured.ids.category_ids);
  // Beyond the categories that both models know, an id of the one means nothing to the other.
  const bool have_same_classes = classes.front() == classes.back();
  for (std::size_t i = 0; i < classes.size(); ++i)
    measured.models.push_back(
        std::make_unique<RunResults>(dataset, runs[i], &classes[i], have_same_classes ? std::nullopt : std::optional(categories)));
  return measured;
}

Result<CheckResult> score_runs(const std::vector<ClassMap>& classes, const Dataset& dataset, std::span<const DetectionRun> runs,
                               const ScoreOptions& options) {
  OCTET_ASSIGN(const MeasuredRuns measured, measured_runs(classes, dataset, runs));
  OCTET_ASSIGN(CheckResult result, score_results(dataset.truth, measured.ids, measured.sources(), options));
  result.classes = classes;
  return result;
}

Result<RunningAccuracy> running_accuracy(const std::vector<ClassMap>& classes, const Dataset& dataset, std::span<const DetectionRun> runs) {
  constexpr BootstrapOptions kFew{.resamples = 320};
  OCTET_ASSIGN(const MeasuredRuns measured, measured_runs(classes, dataset, runs));
  const auto resampled = [&](const ResultSource& results) -> Result<ResampledModel> {
    OCTET_ASSIGN(ModelScore score, score_model(dataset.truth, measured.ids, results, 1, {}));
    return std::move(score.resampled);
  };
  RunningAccuracy accuracy{static_cast<std::int64_t>(measured.ids.image_ids.size()), {}, {}};
  OCTET_ASSIGN(const ResampledModel first, resampled(*measured.models[0]));
  OCTET_ASSIGN(const ResampledModel nothing, resampled(ResultList({})));
  // The AP of a model is its drop to one that finds nothing.
  OCTET_ASSIGN(ApDrops drops, bootstrap_ap_drop(first, nothing, kFew));
  accuracy.ap = std::move(drops.all);
  if (runs.size() < 2) return accuracy;
  OCTET_ASSIGN(const ResampledModel second, resampled(*measured.models[1]));
  OCTET_ASSIGN(drops, bootstrap_ap_drop(first, second, kFew));
  accuracy.drop = std::move(drops.all);
  return accuracy;
}

std::vector<double> deployed_thresholds(const std::vector<Detector>& detectors) {
  std::vector<double> thresholds;
  for (const Detector& detector : detectors) thresholds.push_back(detector.description.confidence_threshold);
  return thresholds;
}

Result<CheckResult> check_detectors(const std::vector<Detector>& detectors, const Dataset& dataset, const DetectRunOptions& options,
                                    const MatchSettings& settings) {
  OCTET_ASSIGN(const auto classes, map_classes(detectors, dataset, options.warn));
  OCTET_ASSIGN(const auto runs, detect_images(detectors, dataset, options));
  return score_runs(classes, dataset, runs, {options.threads, settings, deployed_thresholds(detectors)});
}

}  // namespace octet
