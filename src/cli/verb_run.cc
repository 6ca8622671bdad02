// octet run: the whole workflow, from the published file to the report.

#include <memory>

#include <fmt/format.h>

#include "cli/model_options.h"
#include "cli/numbers.h"
#include "cli/report_json.h"
#include "cli/verb.h"
#include "data/embedded_demo.h"
#include "data/layout.h"
#include "importers/importer.h"
#include "workflow/run.h"

namespace octet::cli {
namespace {

struct Options {
  std::string model, description, model_dir, weights, data, images, annotations, output, require;
  bool apply_exif = false;
  double score_threshold = 0.001, seconds = 10;
  std::int64_t limit = 0;
  int threads = 1;
};

bool is_file(const std::string& word) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(word, ignored);
}

// A word is a source file if there is one of that name or it looks like a path; else a known model's name.
bool names_source(const std::string& word) {
  const std::filesystem::path path(word);
  return !is_description_file(word) && (is_file(word) || path.has_parent_path() || has_source_extension(path));
}

Status choose_model(const Options& options, RunOptions& run, Console& console) {
  if (names_source(options.model)) {
    run.source = options.model;
    if (options.description.empty()) return {};
    OCTET_ASSIGN(run.model, find_description(options.description, console.warnings()));
    return {};
  }
  OCTET_ASSIGN(run.model, find_description(options.model, console.warnings()));
  if (options.model_dir.empty())
    return Error{ErrorCode::kInvalidArgument, "say where the files of '" + options.model + "' are: --model-dir DIR"};
  run.model_dir = options.model_dir;
  return {};
}

// "coco" of "data/coco/", the folder that "." stands for of ".".
std::string folder_name(const std::string& folder) {
  std::error_code failed;
  std::filesystem::path path = std::filesystem::absolute(folder, failed).lexically_normal();
  if (failed) return folder;
  if (!path.has_filename()) path = path.parent_path();
  return path.filename().string();
}

// Without --data the embedded photographs are written into the output folder and used.
Status choose_data(const Options& options, RunOptions& run, Console& console) {
  if (!options.data.empty()) {
    run.data = options.data;
    const auto part = find_measured_part(options.data);
    run.data_name = part.ok() ? part->image_folder.filename().string() + " of " + folder_name(options.data) : folder_name(options.data);
    return {};
  }
  if (!options.images.empty()) {
    run.images = options.images;
    run.annotations = options.annotations;
    run.data_name = folder_name(options.images);
    return {};
  }
  const std::filesystem::path folder = std::filesystem::path(options.output) / "demo-data";
  OCTET_RETURN_IF_ERROR(write_embedded_demo(folder));
  console.note("no --data: the embedded photographs are used, a demonstration and no benchmark");
  run.data = folder / "coco";
  run.data_name = "embedded photographs of COCO val2017";
  return {};
}

Json result_json(const RunResult& result, int threads) {
  return {{"report", result.report.string()},
          {"fp32", result.fp32.string()},
          {"int8", result.int8.string()},
          {"check", to_json(result.check)},
          {"bench", to_json(result.bench, {}, threads)}};
}

Result<Outcome> run(const Options& options, Console& console) {
  RunOptions settings;
  OCTET_ASSIGN(settings.requirements, parse_requirements(options.require));
  settings.output = options.output;
  settings.score_threshold = options.score_threshold;
  settings.bench_seconds = options.seconds;
  settings.limit = options.limit;
  settings.threads = options.threads;
  settings.apply_exif = options.apply_exif;
  settings.step = [&console](const std::string& step) { return console.bar(step); };
  settings.warn = console.warnings();
  if (!options.weights.empty()) settings.weights = options.weights;
  OCTET_RETURN_IF_ERROR(choose_model(options, settings, console));
  OCTET_RETURN_IF_ERROR(choose_data(options, settings, console));
  OCTET_ASSIGN(const RunResult result, run_workflow(settings));
  Outcome outcome{result_json(result, options.threads),
                  fmt::format("{}\n{}\n{}", to_text(result.check), to_text(result.bench, options.threads), result.report.string())};
  const double speedup = result.bench[0].latency.median_ms / result.bench[1].latency.median_ms;
  if (auto status = check_requirements(settings.requirements, {result.check.drop, result.check.fidelity, speedup}); !status.ok())
    outcome.unmet = status.error();
  return outcome;
}

}  // namespace

Run add_run(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("run", "From the published file to the report: convert, quantize, detect, check, bench");
  verb->footer(
      "Examples: octet run yolov4-tiny.cfg --data coco --output out\n"
      "          octet run ssdlite_mobilenet_v2_coco --model-dir downloads --data coco --output out");
  verb->add_option("model", options->model, "Name of a known model, or a source file: " + importable_kinds())->required();
  verb->add_option("--model", options->description, "Description of a source file: a known model's name, or F.yml");
  verb->add_option("--model-dir", options->model_dir, "Folder that has the files of a known model");
  verb->add_option("--weights", options->weights, "Darknet weights; default: beside the cfg, with its name");
  verb->add_option("--data", options->data, "Folder in the layout of COCO, Roboflow or CVAT; default: the embedded demonstration");
  auto* images = verb->add_option("--images", options->images, "Folder of the pictures that --annotations lists")->excludes("--data");
  auto* annotations = verb->add_option("--annotations", options->annotations, "Annotations in COCO's format")->needs(images);
  images->needs(annotations);
  verb->add_flag("--exif", options->apply_exif, "Turn pictures as their EXIF orientation says");
  verb->add_option("--limit", options->limit, "Measure accuracy on the first N images; 0 is all")->check(whole_number());
  verb->add_option("--output,-o", options->output, "Folder to write to")->required();
  verb->add_option("--score-threshold", options->score_threshold, "Keep what scores above")
      ->check(number_between(0, 1))
      ->capture_default_str();
  verb->add_option("--seconds", options->seconds, "How long to measure latency")->check(number_between(0, 86400))->capture_default_str();
  verb->add_option("--require", options->require, "max-drop=POINTS,min-fidelity=POINTS,min-speedup=RATIO; status 4 if not met");
  add_threads_option(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
