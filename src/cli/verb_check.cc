// octet check: COCO accuracy of one model, of two side by side, or of a results file.

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/files.h"
#include "base/quoted_name.h"
#include "cli/detection_work.h"
#include "cli/recording.h"
#include "cli/report_json.h"
#include "data/coco_json.h"
#include "data/first_look.h"
#include "eval/metric.h"
#include "workflow/measured.h"

namespace octet::cli {
namespace {

struct Options {
  DetectionOptions detection;
  std::vector<std::string> results;
  std::string require;
  std::optional<double> deployed_threshold;
  std::vector<int> max_detections;
  std::vector<double> area_limits;
  std::filesystem::path curves, label_errors;
  std::string metric = "coco";
};

Result<std::vector<CocoResult>> read_results(const std::string& file, const CocoGroundTruth& truth, int threads, Console& console) {
  OCTET_ASSIGN(auto results, read_coco_results(file, threads));
  look_first(truth, results, [&](std::string_view remark) { console.warn(file + ": " + std::string(remark)); });
  return results;
}

std::vector<std::int64_t> ids_of(const std::vector<CocoImage>& images) {
  std::vector<std::int64_t> ids;
  for (const CocoImage& image : images) ids.push_back(image.id);
  return ids;
}

// Numbers of detections and limits of areas, where others than COCO's are wanted.
Result<MatchSettings> match_settings(const Options& options) {
  MatchSettings settings;
  if (!options.max_detections.empty()) std::ranges::copy(options.max_detections, settings.max_detections.begin());
  if (!std::ranges::is_sorted(settings.max_detections))
    return Error{ErrorCode::kInvalidArgument, "--max-detections: the numbers must rise"};
  if (options.area_limits.empty()) return settings;
  const double medium = options.area_limits[0], large = options.area_limits[1];
  if (medium > large) return Error{ErrorCode::kInvalidArgument, "--area-limits: the areas must rise"};
  settings.areas[static_cast<std::size_t>(SizeClass::kSmall)].highest = medium;
  settings.areas[static_cast<std::size_t>(SizeClass::kMedium)] = {medium, large};
  settings.areas[static_cast<std::size_t>(SizeClass::kLarge)].lowest = large;
  return settings;
}

Outcome outcome_of(Json json, std::string text, const Requirements& requirements, const CheckResult& result) {
  const Measured measured = measured_of(result);
  return {std::move(json), std::move(text), check_requirements(requirements, measured), judge_each(requirements, measured)};
}

bool has_options_of_coco(const Options& options) {
  return !options.curves.empty() || !options.max_detections.empty() || !options.area_limits.empty();
}

Status refuse_options_of_coco(const Options& options) {
  if (!has_options_of_coco(options)) return {};
  return Error{ErrorCode::kInvalidArgument, "--curves, --max-detections and --area-limits are for --metric coco"};
}

Status refuse_options_of_one_file(const Options& options) {
  if (has_options_of_coco(options))
    return Error{ErrorCode::kInvalidArgument, "--curves, --max-detections and --area-limits are for one results file"};
  if (options.metric != "coco") return Error{ErrorCode::kInvalidArgument, "--metric is for one results file"};
  return {};
}

// Annotations that say which categories were looked for are judged by that elsewhere.
std::string of_other_metric(const Options& options) {
  return fmt::format(
      "{}: says which categories were looked for in each image; COCO's metric heeds none of it and counts what is right and not "
      "annotated as wrong (--metric lvis, openimages)",
      options.detection.source.annotations.string());
}

// Writes the file of --label-errors, where that is given.
Status write_label_errors(const Options& options, const CocoGroundTruth& truth, std::span<const std::vector<CocoResult>> found) {
  if (options.label_errors.empty()) return {};
  OCTET_ASSIGN(const std::vector<LabelError> errors, suggest_label_errors(truth, found));
  return write_file(options.label_errors, to_json(errors, truth).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<Outcome> check_by_metric(const Metric& metric, const CocoGroundTruth& truth, const std::vector<CocoResult>& results,
                                const Options& options, const Requirements& requirements) {
  OCTET_ASSIGN_AT(MetricAccuracy accuracy, metric.evaluate(truth, results, options.detection.threads), options.results[0]);
  CheckResult result;  // what requirements are judged by
  result.models.push_back({{.AP = accuracy.numbers[0].value}, accuracy.categories});
  return outcome_of(to_json(metric, accuracy), to_text(accuracy), requirements, result);
}

std::string names_of_metrics() {
  std::string names;
  for (const Metric& metric : metrics()) names += fmt::format("{}{}", names.empty() ? "" : ", ", metric.name);
  return names;
}

// None for COCO's, which is the default; the others have a table.
Result<const Metric*> find_metric(const std::string& name) {
  if (name == "coco") return nullptr;
  const auto found = std::ranges::find(metrics(), name, &Metric::name);
  if (found != metrics().end()) return &*found;
  return Error{ErrorCode::kInvalidArgument, fmt::format("--metric: {} is none; known: coco, {}", in_quotes(name), names_of_metrics())};
}

// The numbers alone, in a fraction of the time of everything else that there is to say.
Result<Outcome> check_one_file(const Options& options, const Requirements& requirements, Console& console) {
  Requirements only_ap;
  only_ap.min_ap = requirements.min_ap;
  if (requirements != only_ap)
    return Error{ErrorCode::kInvalidArgument,
                 "--require: one results file has an AP (min-ap=POINTS) and no drop; give two files, or two models"};
  OCTET_ASSIGN(const MatchSettings settings, match_settings(options));
  OCTET_ASSIGN(const Metric* metric, find_metric(options.metric));
  if (metric) OCTET_RETURN_IF_ERROR(refuse_options_of_coco(options));
  OCTET_ASSIGN(const auto truth, read_coco_annotations(options.detection.source.annotations));
  OCTET_ASSIGN(const auto results, read_results(options.results[0], truth, options.detection.threads, console));
  OCTET_RETURN_IF_ERROR(write_label_errors(options, truth, std::span(&results, 1)));
  if (metric) return check_by_metric(*metric, truth, results, options, requirements);
  if (!truth.verifications.empty()) console.warn(of_other_metric(options));
  OCTET_ASSIGN_AT(const CocoMatches matches, match_coco(truth, results, options.detection.threads, settings), options.results[0]);
  CheckResult result;
  result.models.push_back(score_coco(matches, truth, options.detection.threads, settings));
  const CocoAccuracy& accuracy = result.models[0];
  if (!options.curves.empty()) OCTET_RETURN_IF_ERROR(write_file(options.curves, curves_json(matches, accuracy, settings).dump()));
  return outcome_of(to_json(accuracy, settings), to_text(accuracy.numbers, settings), requirements, result);
}

Result<Outcome> check_two_files(const Options& options, const Requirements& requirements, Console& console) {
  OCTET_RETURN_IF_ERROR(refuse_options_of_one_file(options));
  OCTET_ASSIGN(const auto truth, read_coco_annotations(options.detection.source.annotations));
  ScoreOptions how{.threads = options.detection.threads};
  std::vector<std::vector<CocoResult>> results;
  for (const std::string& file : options.results) {
    OCTET_ASSIGN(auto found, read_results(file, truth, options.detection.threads, console));
    results.push_back(std::move(found));
    if (options.deployed_threshold) how.deployed_thresholds.push_back(*options.deployed_threshold);
  }
  OCTET_RETURN_IF_ERROR(write_label_errors(options, truth, results));
  const ResultList first(results[0]), second(results[1]);
  const std::array<const ResultSource*, 2> models{&first, &second};
  OCTET_ASSIGN(const CheckResult result, score_results(truth, models, ids_of(truth.images), how));
  return outcome_of(to_json(result), to_text(result), requirements, result);
}

Result<Outcome> check_results_files(const Options& options, const Requirements& requirements, Console& console) {
  const DetectionOptions& detection = options.detection;
  if (!detection.sharing.shard.empty() || !detection.sharing.parts.empty() || !detection.resume.empty())
    return Error{ErrorCode::kInvalidArgument, "--shard, --parts and --resume are for runs of a model: give one"};
  if (options.detection.source.annotations.empty() || options.results.empty())
    return Error{ErrorCode::kInvalidArgument, "give a model and --data, or both --annotations and --results"};
  return options.results.size() == 1 ? check_one_file(options, requirements, console) : check_two_files(options, requirements, console);
}

Result<Outcome> score(const Options& options, const Requirements& requirements, const DetectionInputs& inputs, const Detections& found) {
  OCTET_ASSIGN(const CheckResult result,
               score_runs(inputs.classes, inputs.dataset, found.runs,
                          {.threads = options.detection.threads, .deployed_thresholds = deployed_thresholds(inputs.detectors)}));
  Outcome outcome = outcome_of(to_json(result), to_text(result), requirements, result);
  std::vector<std::vector<std::filesystem::path>> files;
  for (const Detector& detector : inputs.detectors) files.push_back(detector.files);
  add_file_sizes(files, outcome.json);
  if (found.resumed_images) outcome.json["resumed_images"] = *found.resumed_images;
  if (options.label_errors.empty()) return outcome;
  OCTET_ASSIGN(const MeasuredResults measured, measured_results(inputs.classes, inputs.dataset, found.runs));
  OCTET_RETURN_IF_ERROR(write_label_errors(options, measured.truth, measured.found));
  return outcome;
}

Result<Outcome> run(const Options& options, const CLI::App& verb, Console& console) {
  OCTET_ASSIGN(const Requirements requirements, parse_requirements(options.require));
  const DetectionOptions& detection = options.detection;
  if (detection.models.empty()) return check_results_files(options, requirements, console);
  if (!options.results.empty()) return Error{ErrorCode::kInvalidArgument, "--results goes without a model"};
  OCTET_RETURN_IF_ERROR(refuse_options_of_one_file(options));
  if (detection.source.folder.empty() && (detection.source.images.empty() || detection.source.annotations.empty()))
    return Error{ErrorCode::kInvalidArgument, "say what to measure on: --data DIR, or --images DIR and --annotations GT.json"};
  const auto finish = [&](const DetectionInputs& inputs, const Detections& found) { return score(options, requirements, inputs, found); };
  return run_detection(detection, {verb, [](const DetectionInputs&) { return Status(); }, finish, true}, console);
}

}  // namespace

Run add_check(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("check", "Measure COCO accuracy");
  verb->footer(
      "Examples: octet check fp32.xml int8.xml --data coco --require max-drop=1.0,min-fidelity=90\n"
      "          octet check fp32.xml int8.xml --data coco --shard 2/8 --output parts\n"
      "          octet check --annotations instances_val2017.json --results results.json\n"
      "          octet check --annotations lvis_v1_val.json --results results.json --metric lvis");
  DetectionOptions& detection = options->detection;
  verb->add_option("model", detection.models, "One IR (.xml) or source file, or FP32 and INT8 to compare")->expected(0, 2);
  add_pictures(*verb, detection.source);
  add_limit(*verb, detection.limit);
  add_labels(*verb, detection.beside.labels);
  add_beside_model(*verb, detection.beside);
  verb->add_option("--results", options->results,
                   "Boxes in COCO's results format to score against --annotations, without a model; or two files to compare")
      ->expected(1, 2);
  verb->add_option("--deployed-threshold", options->deployed_threshold,
                   "Score of which precision, recall and F1 of two results files are told")
      ->check(number_between(0, 1));
  verb->add_option("--metric", options->metric, "By which one results file is scored: coco, or " + names_of_metrics())
      ->capture_default_str();
  verb->add_option("--max-detections", options->max_detections, "Of one category in an image, of one results file; default: 1,10,100")
      ->delimiter(',')
      ->expected(3)
      ->check(number_between(1, kMostDetections));
  verb->add_option("--area-limits", options->area_limits,
                   "Between small, medium and large objects, of one results file; default: 1024,9216")
      ->delimiter(',')
      ->expected(2)
      ->check(number_between(0, 1e10));
  verb->add_option("--curves", options->curves, "Write the precision at 101 values of recall of one results file, as JSON");
  add_score_threshold(*verb, detection.score_threshold);
  verb->add_option("--label-errors", options->label_errors,
                   "Write annotations that may be wrong, by what all the models or results files agree on, as JSON");
  verb->add_option("--require", options->require, "Separated by commas: " + known_requirements() + "; status 4 if not met");
  add_engine(*verb, detection.engine);
  add_detection_sharing(*verb, detection);
  add_threads(*verb, detection.threads);
  return add_recording(*verb, [options, verb](Console& console) { return run(*options, *verb, console); });
}

}  // namespace octet::cli
