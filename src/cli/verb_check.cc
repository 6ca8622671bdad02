// octet check: COCO accuracy of one model, of two side by side, or of a results file.

#include <memory>

#include "base/thread_pool.h"
#include "cli/dataset_options.h"
#include "cli/numbers.h"
#include "cli/report_json.h"
#include "data/coco_json.h"
#include "report/requirements.h"

namespace octet::cli {
namespace {

struct Options {
  std::vector<std::string> models;
  DatasetOptions pictures;
  std::string annotations, results, require;
  double score_threshold = 0.001;
  int threads = 1;
};

Result<Outcome> check_results_file(const Options& options) {
  if (options.annotations.empty() || options.results.empty())
    return Error{ErrorCode::kInvalidArgument, "give a model and --data, or both --annotations and --results"};
  if (!options.require.empty()) return Error{ErrorCode::kInvalidArgument, "--require needs two models: a results file has no drop"};
  OCTET_ASSIGN(const auto truth, read_coco_annotations(options.annotations));
  OCTET_ASSIGN(const auto results, read_coco_results(options.results));
  ThreadPool pool(options.threads);
  OCTET_ASSIGN_AT(const auto accuracy, evaluate_coco(truth, results, &pool), options.results);
  return Outcome{to_json(accuracy.numbers), to_text(accuracy.numbers)};
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const Requirements requirements, parse_requirements(options.require));
  if (options.models.empty()) return check_results_file(options);
  if (!options.annotations.empty() || !options.results.empty())
    return Error{ErrorCode::kInvalidArgument, "--annotations and --results go without a model"};
  OCTET_ASSIGN(const Dataset dataset, options.pictures.open());
  std::vector<Detector> detectors;
  for (const std::string& model : options.models) {
    OCTET_ASSIGN(auto detector, load_detector(model));
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
  options->pictures.add_data_to(*verb);
  verb->add_option("--annotations", options->annotations, "Annotations to score a results file against");
  verb->add_option("--results", options->results, "Boxes in COCO's results format");
  verb->add_option("--score-threshold", options->score_threshold, "Keep what scores above")
      ->check(number_between(0, 1))
      ->capture_default_str();
  verb->add_option("--require", options->require, "max-drop=POINTS,min-fidelity=POINTS; status 4 if not met");
  add_threads_option(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
