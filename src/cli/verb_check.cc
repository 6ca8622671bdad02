// octet check: COCO accuracy of one model, of two side by side, or of a results file.

#include <memory>

#include "cli/detection_work.h"
#include "cli/recording.h"
#include "cli/report_json.h"
#include "data/coco_json.h"
#include "data/first_look.h"
#include "report/requirements.h"

namespace octet::cli {
namespace {

struct Options {
  DetectionOptions detection;
  std::string results, require;
};

Result<Outcome> check_results_file(const Options& options, Console& console) {
  const DetectionOptions& detection = options.detection;
  if (!detection.sharing.shard.empty() || !detection.sharing.parts.empty() || !detection.resume.empty())
    return Error{ErrorCode::kInvalidArgument, "--shard, --parts and --resume are for runs of a model: give one"};
  if (detection.source.annotations.empty() || options.results.empty())
    return Error{ErrorCode::kInvalidArgument, "give a model and --data, or both --annotations and --results"};
  if (!options.require.empty()) return Error{ErrorCode::kInvalidArgument, "--require needs two models: a results file has no drop"};
  OCTET_ASSIGN(const auto truth, read_coco_annotations(detection.source.annotations));
  OCTET_ASSIGN(const auto results, read_coco_results(options.results));
  look_first(truth, results, [&](std::string_view remark) { console.warn(options.results + ": " + std::string(remark)); });
  OCTET_ASSIGN_AT(const auto accuracy, evaluate_coco(truth, results, detection.threads), options.results);
  return Outcome{to_json(accuracy.numbers), to_text(accuracy.numbers)};
}

Result<Outcome> score(const Options& options, const Requirements& requirements, const DetectionInputs& inputs, const Detections& found) {
  OCTET_ASSIGN(const CheckResult result, score_runs(inputs.classes, inputs.dataset, found.runs, options.detection.threads));
  const Measured measured{result.drop, result.fidelity, std::nullopt};
  Outcome outcome{to_json(result), to_text(result), check_requirements(requirements, measured), judge_each(requirements, measured)};
  if (found.resumed_images) outcome.json["resumed_images"] = *found.resumed_images;
  return outcome;
}

Result<Outcome> run(const Options& options, const CLI::App& verb, Console& console) {
  OCTET_ASSIGN(const Requirements requirements, parse_requirements(options.require));
  const DetectionOptions& detection = options.detection;
  if (detection.models.empty()) return check_results_file(options, console);
  if (!options.results.empty()) return Error{ErrorCode::kInvalidArgument, "--results goes without a model"};
  if (detection.source.folder.empty() && (detection.source.images.empty() || detection.source.annotations.empty()))
    return Error{ErrorCode::kInvalidArgument, "say what to measure on: --data DIR, or --images DIR and --annotations GT.json"};
  const auto finish = [&](const DetectionInputs& inputs, const Detections& found) { return score(options, requirements, inputs, found); };
  return run_detection(detection, {verb, [](const DetectionInputs&) { return Status(); }, finish}, console);
}

}  // namespace

Run add_check(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("check", "Measure COCO accuracy");
  verb->footer(
      "Examples: octet check fp32.xml int8.xml --data coco --require max-drop=1.0,min-fidelity=90\n"
      "          octet check fp32.xml int8.xml --data coco --shard 2/8 --output parts\n"
      "          octet check --annotations instances_val2017.json --results results.json");
  DetectionOptions& detection = options->detection;
  verb->add_option("model", detection.models, "One IR (.xml) or source file, or FP32 and INT8 to compare")->expected(0, 2);
  add_pictures(*verb, detection.source);
  add_limit(*verb, detection.limit);
  add_labels(*verb, detection.beside.labels);
  add_beside_model(*verb, detection.beside);
  verb->add_option("--results", options->results, "Boxes in COCO's results format to score against --annotations, without a model");
  add_score_threshold(*verb, detection.score_threshold);
  verb->add_option("--require", options->require, "max-drop=POINTS,min-fidelity=POINTS; status 4 if not met");
  add_engine(*verb, detection.engine);
  add_detection_sharing(*verb, detection);
  add_threads(*verb, detection.threads);
  return add_recording(*verb, [options, verb](Console& console) { return run(*options, *verb, console); });
}

}  // namespace octet::cli
