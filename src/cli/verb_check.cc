// octet check: COCO accuracy of one model, of two side by side, or of a results file.

#include <memory>

#include "cli/options.h"
#include "cli/report_json.h"
#include "data/coco_json.h"
#include "data/first_look.h"
#include "report/requirements.h"

namespace octet::cli {
namespace {

struct Options {
  std::vector<std::filesystem::path> models;
  DataSource source;
  BesideModel beside;
  std::string results, require;
  double score_threshold = 0.001;
  std::string engine = "octet";
  std::int64_t limit = 0;
  int threads = 1;
};

Result<Outcome> check_results_file(const Options& options, Console& console) {
  if (options.source.annotations.empty() || options.results.empty())
    return Error{ErrorCode::kInvalidArgument, "give a model and --data, or both --annotations and --results"};
  if (!options.require.empty()) return Error{ErrorCode::kInvalidArgument, "--require needs two models: a results file has no drop"};
  OCTET_ASSIGN(const auto truth, read_coco_annotations(options.source.annotations));
  OCTET_ASSIGN(const auto results, read_coco_results(options.results));
  look_first(truth, results, [&](std::string_view remark) { console.warn(options.results + ": " + std::string(remark)); });
  OCTET_ASSIGN_AT(const auto accuracy, evaluate_coco(truth, results, options.threads), options.results);
  return Outcome{to_json(accuracy.numbers), to_text(accuracy.numbers)};
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const Requirements requirements, parse_requirements(options.require));
  if (options.models.empty()) return check_results_file(options, console);
  if (!options.results.empty()) return Error{ErrorCode::kInvalidArgument, "--results goes without a model"};
  if (options.source.folder.empty() && (options.source.images.empty() || options.source.annotations.empty()))
    return Error{ErrorCode::kInvalidArgument, "say what to measure on: --data DIR, or --images DIR and --annotations GT.json"};
  OCTET_ASSIGN(const Engine* engine, engine_named(options.engine));
  OCTET_ASSIGN(const Dataset dataset, open_pictures(options.source, options.limit, console.warnings()));
  OCTET_ASSIGN(const ConvertOptions settings_of_models, model_options(options.beside, console.warnings()));
  OCTET_ASSIGN(const auto detectors, load_detectors(options.models, settings_of_models, *engine));
  const DetectRunOptions settings{{.score_threshold = options.score_threshold}, options.threads, console.bar("check"), console.warnings()};
  OCTET_ASSIGN(const CheckResult result, check_detectors(detectors, dataset, settings));
  return Outcome{to_json(result), to_text(result), check_requirements(requirements, {result.drop, result.fidelity, std::nullopt})};
}

}  // namespace

Run add_check(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("check", "Measure COCO accuracy");
  verb->footer(
      "Examples: octet check fp32.xml int8.xml --data coco --require max-drop=1.0,min-fidelity=90\n"
      "          octet check --annotations instances_val2017.json --results results.json");
  verb->add_option("model", options->models, "One IR (.xml) or source file, or FP32 and INT8 to compare")->expected(0, 2);
  add_pictures(*verb, options->source);
  add_limit(*verb, options->limit);
  add_labels(*verb, options->beside.labels);
  add_beside_model(*verb, options->beside);
  verb->add_option("--results", options->results, "Boxes in COCO's results format to score against --annotations, without a model");
  add_score_threshold(*verb, options->score_threshold);
  verb->add_option("--require", options->require, "max-drop=POINTS,min-fidelity=POINTS; status 4 if not met");
  add_engine(*verb, options->engine);
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
