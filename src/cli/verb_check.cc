// octet check: COCO accuracy of one model, of two side by side, or of a results file.

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.h"
#include "base/quoted_name.h"
#include "cli/detection_work.h"
#include "cli/recording.h"
#include "cli/report_json.h"
#include "data/coco_json.h"
#include "data/first_look.h"
#include "eval/metric.h"
#include "steps/check_by_metric.h"
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

std::vector<std::int64_t> ids_of(const CocoImages& images) {
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < images.size(); ++i) ids.push_back(images.id(i));
  return ids;
}

// Numbers of detections and limits of areas, where others than COCO's are wanted.
Result<MatchSettings> match_settings(const Options& options) {
  std::array<int, 3> max_detections = MatchSettings().max_detections;
  std::array<double, 2> area_limits = kCocoAreaLimits;
  std::ranges::copy(options.max_detections, max_detections.begin());
  std::ranges::copy(options.area_limits, area_limits.begin());
  const auto settings = octet::match_settings(max_detections, area_limits);
  if (!settings.ok()) return Error{settings.error().code, "--" + settings.error().message};  // the options have the names of the settings
  return *settings;
}

Outcome outcome_of(Json json, std::string text, const Requirements& requirements, const Measured& measured) {
  return {std::move(json), std::move(text), check_requirements(requirements, measured), judge_each(requirements, measured)};
}

Status refuse_options_of_coco(const Options& options) {
  if (options.curves.empty() && options.max_detections.empty() && options.area_limits.empty()) return {};
  return Error{ErrorCode::kInvalidArgument, "--curves, --max-detections and --area-limits are for --metric coco"};
}

Status refuse_curves(const Options& options) {
  if (options.curves.empty()) return {};
  return Error{ErrorCode::kInvalidArgument, "--curves is for one results file"};
}

// Annotations that say which categories were looked for are judged by that elsewhere.
std::string of_other_metric(const Options& options) {
  return fmt::format(
      "{}: says which categories were looked for in each image; COCO's metric heeds none of it and counts what is right and not "
      "annotated as wrong (--metric lvis, openimages)",
      options.detection.source.annotations.string());
}

// Writes the file of --label-errors, where that is given.
Status write_label_errors(const Options& options, const CocoGroundTruth& truth, std::span<const ResultSource* const> found) {
  if (options.label_errors.empty()) return {};
  OCTET_ASSIGN(const std::vector<LabelError> errors, suggest_label_errors(truth, found));
  return write_file(options.label_errors, to_json(errors, truth).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

// The first number of one file is at the top level, as COCO's are; of two files or of models each has its own.
Result<Outcome> check_files_by_metric(const Metric& metric, const CocoGroundTruth& truth, std::span<const ResultSource* const> found,
                                      const Options& options, const Requirements& requirements) {
  OCTET_RETURN_IF_ERROR(refuse_options_of_coco(options));
  OCTET_ASSIGN_AT(const MetricCheckResult result, score_by_metric(metric, truth, found, ids_of(truth.images), options.detection.threads),
                  fmt::format("{}", fmt::join(options.results, ", ")));
  Json json{{"metric", metric.name}};
  json.update(found.size() == 1 ? to_json(result.models[0]) : to_json(result));
  return outcome_of(std::move(json), to_text(result), requirements, measured_of(result));
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
  OCTET_ASSIGN(const auto truth, read_coco_annotations(options.detection.source.annotations));
  OCTET_ASSIGN(const auto results, read_results(options.results[0], truth, options.detection.threads, console));
  if (metric || !options.label_errors.empty()) {
    const ResultList list(results);
    const std::array<const ResultSource*, 1> found{&list};
    OCTET_RETURN_IF_ERROR(write_label_errors(options, truth, found));
    if (metric) return check_files_by_metric(*metric, truth, found, options, requirements);
  }
  if (!truth.verifications.empty()) console.warn(of_other_metric(options));
  OCTET_ASSIGN_AT(const CocoMatches matches, match_coco(truth, results, options.detection.threads, settings), options.results[0]);
  CheckResult result;
  result.models.push_back(score_coco(matches, truth, options.detection.threads, settings));
  const CocoAccuracy& accuracy = result.models[0];
  if (!options.curves.empty()) OCTET_RETURN_IF_ERROR(write_file(options.curves, curves_json(matches, accuracy, settings).dump()));
  return outcome_of(to_json(accuracy, settings), to_text(accuracy.numbers, settings), requirements, measured_of(result));
}

Result<Outcome> check_two_files(const Options& options, const Requirements& requirements, Console& console) {
  OCTET_RETURN_IF_ERROR(refuse_curves(options));
  OCTET_ASSIGN(const MatchSettings settings, match_settings(options));
  OCTET_ASSIGN(const Metric* metric, find_metric(options.metric));
  OCTET_ASSIGN(const auto truth, read_coco_annotations(options.detection.source.annotations));
  ScoreOptions how{options.detection.threads, settings, {}};
  std::vector<std::vector<CocoResult>> results;
  for (const std::string& file : options.results) {
    OCTET_ASSIGN(auto found, read_results(file, truth, options.detection.threads, console));
    results.push_back(std::move(found));
    if (options.deployed_threshold) how.deployed_thresholds.push_back(*options.deployed_threshold);
  }
  const ResultList first(results[0]), second(results[1]);
  const std::array<const ResultSource*, 2> models{&first, &second};
  OCTET_RETURN_IF_ERROR(write_label_errors(options, truth, models));
  if (metric) return check_files_by_metric(*metric, truth, models, options, requirements);
  OCTET_ASSIGN(const CheckResult result, score_results(truth, ids_of(truth), models, how));
  return outcome_of(to_json(result), to_text(result), requirements, measured_of(result));
}

Result<Outcome> check_results_files(const Options& options, const Requirements& requirements, Console& console) {
  const DetectionOptions& detection = options.detection;
  if (!detection.sharing.shard.empty() || !detection.sharing.parts.empty() || !detection.resume.empty())
    return Error{ErrorCode::kInvalidArgument, "--shard, --parts and --resume are for runs of a model: give one"};
  if (options.detection.source.annotations.empty() || options.results.empty())
    return Error{ErrorCode::kInvalidArgument, "give a model and --data, or both --annotations and --results"};
  return options.results.size() == 1 ? check_one_file(options, requirements, console) : check_two_files(options, requirements, console);
}

Result<Outcome> score_by_coco(const Options& options, const Requirements& requirements, const DetectionInputs& inputs,
                              const Detections& found) {
  OCTET_ASSIGN(const MatchSettings settings, match_settings(options));
  OCTET_ASSIGN(const CheckResult result, score_runs(inputs.classes, inputs.dataset, found.runs,
                                                    {options.detection.threads, settings, deployed_thresholds(inputs.detectors)}));
  return outcome_of(to_json(result), to_text(result), requirements, measured_of(result));
}

Result<Outcome> score_by(const Metric& metric, const Options& options, const Requirements& requirements, const DetectionInputs& inputs,
                         const Detections& found) {
  OCTET_ASSIGN(const MeasuredRuns measured, measured_runs(inputs.classes, inputs.dataset, found.runs));
  OCTET_ASSIGN_AT(MetricCheckResult result,
                  score_by_metric(metric, restricted_truth(inputs.dataset.truth, measured.ids), measured.sources(), measured.ids.image_ids,
                                  options.detection.threads),
                  inputs.dataset.annotation_file.string());
  result.classes = inputs.classes;
  Json json{{"metric", metric.name}};
  json.update(to_json(result));
  return outcome_of(std::move(json), to_text(result), requirements, measured_of(result));
}

Result<Outcome> score(const Options& options, const Requirements& requirements, const Metric* metric, const DetectionInputs& inputs,
                      const Detections& found) {
  OCTET_ASSIGN(Outcome outcome,
               metric ? score_by(*metric, options, requirements, inputs, found) : score_by_coco(options, requirements, inputs, found));
  std::vector<std::vector<std::filesystem::path>> files;
  for (const Detector& detector : inputs.detectors) files.push_back(detector.files);
  add_file_sizes(files, outcome.json);
  if (found.resumed_images) outcome.json["resumed_images"] = *found.resumed_images;
  if (options.label_errors.empty()) return outcome;
  OCTET_ASSIGN(const MeasuredRuns measured, measured_runs(inputs.classes, inputs.dataset, found.runs));
  OCTET_RETURN_IF_ERROR(write_label_errors(options, restricted_truth(inputs.dataset.truth, measured.ids), measured.sources()));
  return outcome;
}

// What can be said before pictures are run: whether the metric has what it needs.
Status prepare(const Metric* metric, const DetectionInputs& inputs) {
  if (!metric) return {};
  const auto of_nothing = metric->evaluate(inputs.dataset.truth, ResultList({}), 1);
  return of_nothing.ok() ? Status() : of_nothing.error().at(inputs.dataset.annotation_file.string());
}

Result<Outcome> run_models(const Options& options, const Requirements& requirements, const CLI::App& verb, Console& console) {
  OCTET_RETURN_IF_ERROR(refuse_curves(options));
  OCTET_ASSIGN(const MatchSettings settings, match_settings(options));
  OCTET_ASSIGN(const Metric* metric, find_metric(options.metric));
  if (metric) OCTET_RETURN_IF_ERROR(refuse_options_of_coco(options));
  DetectionOptions detection = options.detection;
  auto& most = detection.detect.max_detections;
  most = metric ? metric->most_in_image : std::max(most, static_cast<std::size_t>(settings.most_detections()));
  const auto finish = [&](const DetectionInputs& inputs, const Detections& found) {
    return score(options, requirements, metric, inputs, found);
  };
  const auto prepare_inputs = [metric](const DetectionInputs& inputs) { return prepare(metric, inputs); };
  return run_detection(detection, {verb, prepare_inputs, finish, metric == nullptr}, console);
}

Result<Outcome> run(const Options& options, const CLI::App& verb, Console& console) {
  OCTET_ASSIGN(const Requirements requirements, parse_requirements(options.require));
  for (const std::filesystem::path& file : {options.curves, options.label_errors}) OCTET_RETURN_IF_ERROR(check_output_file(file));
  const DetectionOptions& detection = options.detection;
  if (detection.models.empty()) return check_results_files(options, requirements, console);
  if (!options.results.empty()) return Error{ErrorCode::kInvalidArgument, "--results goes without a model"};
  if (detection.source.folder.empty() && (detection.source.images.empty() || detection.source.annotations.empty()))
    return Error{ErrorCode::kInvalidArgument, "say what to measure on: --data DIR, or --images DIR and --annotations GT.json"};
  return run_models(options, requirements, verb, console);
}

}  // namespace

Run add_check(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("check", "Measure COCO accuracy");
  verb->footer(
      "Examples: octet check fp32.xml int8.xml --data coco --require max-drop=1.0,min-fidelity=90\n"
      "          octet check fp32.xml int8.xml --data coco --shard 2/8 --output parts\n"
      "          octet check --annotations instances_val2017.json --results results.json\n"
      "          octet check --annotations lvis_v1_val.json --results results.json --metric lvis\n"
      "          octet check fp32.xml int8.xml --images lvis --annotations lvis_v1_val.json --metric lvis");
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
  verb->add_option("--metric", options->metric, "By which models or results files are scored")
      ->type_name(one_of("coco, " + names_of_metrics()))
      ->capture_default_str();
  verb->add_option("--max-detections", options->max_detections,
                   "Of one category in an image; default: 1,10,100. Models keep as many in an image as the last says, 100 at least")
      ->delimiter(',')
      ->expected(3)
      ->check(number_between(1, kMostDetections));
  verb->add_option("--area-limits", options->area_limits, "Between small, medium and large objects; default: 1024,9216")
      ->delimiter(',')
      ->expected(2)
      ->check(number_between(0, 1e10));
  verb->add_option("--curves", options->curves, "Write the precision at 101 values of recall of one results file, as JSON");
  add_score_threshold(*verb, detection.detect.score_threshold);
  verb->add_option("--label-errors", options->label_errors,
                   "Write annotations that may be wrong, by what all the models or results files agree on, as JSON");
  verb->add_option("--require", options->require, "Separated by commas: " + known_requirements() + "; status 4 if not met");
  add_engine(*verb, detection.engine);
  add_inference_precision(*verb, detection.precision);
  add_detection_sharing(*verb, detection);
  add_threads(*verb, detection.threads);
  return add_recording(*verb, [options, verb](Console& console) { return run(*options, *verb, console); });
}

}  // namespace octet::cli
