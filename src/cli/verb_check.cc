// octet check: COCO accuracy of one model, of two side by side, or of a results file.

#include <memory>

#include "base/thread_pool.h"
#include "cli/dataset_options.h"
#include "cli/numbers.h"
#include "cli/report_json.h"
#include "data/coco_json.h"
#include "data/first_look.h"
#include "report/requirements.h"

namespace octet::cli {
namespace {

struct Options {
  std::vector<std::string> models;
  DatasetOptions pictures;
  std::string results, labels, require;
  double score_threshold = 0.001;
  int threads = 1;
};

Result<Outcome> check_results_file(const Options& options, Console& console) {
  const std::string& annotations = options.pictures.annotations;
  if (annotations.empty() || options.results.empty())
    return Error{ErrorCode::kInvalidArgument, "give a model and --data, or both --annotations and --results"};
  if (!options.require.empty()) return Error{ErrorCode::kInvalidArgument, "--require needs two models: a results file has no drop"};
  OCTET_ASSIGN(const auto truth, read_coco_annotations(annotations));
  OCTET_ASSIGN(const auto results, read_coco_results(options.results));
  look_first(truth, results, [&](std::string_view remark) { console.warn(options.results + ": " + std::string(remark)); });
  ThreadPool pool(options.threads);
  OCTET_ASSIGN_AT(const auto accuracy, evaluate_coco(truth, results, &pool), options.results);
  return Outcome{to_json(accuracy.numbers), to_text(accuracy.numbers)};
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const Requirements requirements, parse_requirements(options.require));
  if (options.models.empty()) return check_results_file(options, console);
  if (!options.results.empty()) return Error{ErrorCode::kInvalidArgument, "--results goes without a model"};
  if (options.pictures.data.empty() && (options.pictures.images.empty() || options.pictures.annotations.empty()))
    return Error{ErrorCode::kInvalidArgument, "say what to measure on: --data DIR, or --images DIR and --annotations GT.json"};
  OCTET_ASSIGN(const Dataset dataset, options.pictures.open(console.warnings()));
  std::vector<Detector> detectors;
  for (const std::string& model : options.models) {
    OCTET_ASSIGN(auto detector, load_detector(model));
    if (!options.labels.empty()) OCTET_RETURN_IF_ERROR(name_classes(detector, options.labels));
    detectors.push_back(std::move(detector));
  }
  OCTET_ASSIGN(const std::vector<ClassMap> classes, map_classes(detectors, dataset, console.warnings()));
  DetectRunOptions settings;
  settings.detect.score_threshold = options.score_threshold;
  settings.threads = options.threads;
  settings.progress = console.bar("check");
  settings.warn = console.warnings();
  OCTET_ASSIGN(const auto runs, detect_with_each(detectors, dataset, settings));
  OCTET_ASSIGN(const CheckResult result, score_runs(classes, dataset, runs, options.threads));
  Outcome outcome{to_json(result), to_text(result)};
  if (auto status = check_requirements(requirements, {result.drop, result.fidelity, std::nullopt}); !status.ok())
    outcome.unmet = status.error();
  return outcome;
}

}  // namespace

Run add_check(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("check", "Measure COCO accuracy");
  verb->footer(
      "Examples: octet check fp32.xml int8.xml --data coco --require max-drop=1.0,min-fidelity=90\n"
      "          octet check --annotations instances_val2017.json --results results.json");
  verb->add_option("model", options->models, "One IR (.xml), or FP32 and INT8 to compare")->expected(0, 2);
  options->pictures.add_annotated_to(*verb);
  verb->add_option("--labels", options->labels, "Names of the model's classes, one a line");
  verb->add_option("--results", options->results, "Boxes in COCO's results format to score against --annotations, without a model");
  verb->add_option("--score-threshold", options->score_threshold, "Keep what scores above")
      ->check(number_between(0, 1))
      ->capture_default_str();
  verb->add_option("--require", options->require, "max-drop=POINTS,min-fidelity=POINTS; status 4 if not met");
  add_threads_option(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
