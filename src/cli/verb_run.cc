// octet run: the whole workflow, from the published file to the report.

#include <memory>

#include <fmt/format.h>

#include "base/files.h"
#include "cli/options.h"
#include "cli/recording.h"
#include "cli/report_json.h"
#include "cli/verb.h"
#include "data/embedded_demo.h"
#include "importers/importer.h"
#include "workflow/measured.h"
#include "workflow/run.h"

namespace octet::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  RunOptions run;
  std::string model, description, weights, require, engines = "octet";
};

// Without --data and --images the embedded photographs are written into the output folder and used.
Status choose_data(RunOptions& run, Console& console) {
  if (!run.data.folder.empty() || !run.data.images.empty()) return {};
  const fs::path folder = run.output / "demo-data";
  OCTET_RETURN_IF_ERROR(write_embedded_demo(folder));
  console.note("no --data: the embedded photographs are used, a demonstration and no benchmark");
  run.data.folder = folder / "coco";
  run.data_name = "embedded photographs of COCO val2017";
  return {};
}

// Of each engine two rows, FP32 and INT8.
BenchRows bench_rows(const RunOptions& run) {
  BenchRows rows;
  for (const Engine* engine : run.engines) rows.engines.insert(rows.engines.end(), 2, std::string(engine->name()));
  rows.precision = run.precision;
  return rows;
}

std::vector<std::filesystem::path> files_of_ir(const std::filesystem::path& xml) {
  return {xml, std::filesystem::path(xml).replace_extension(".bin")};
}

Json result_json(const RunResult& result, const RunOptions& run) {
  Json check = to_json(result.check);
  add_file_sizes({files_of_ir(result.fp32), files_of_ir(result.int8)}, check);
  Json json{{"report", result.report.string()}, {"fp32", result.fp32.string()},
            {"int8", result.int8.string()},     {"infer_precision", to_string(run.precision)},
            {"check", std::move(check)},        {"bench", to_json(result.bench, bench_rows(run), run.threads)}};
  for (std::size_t i = 0; i < result.other_checks.size(); ++i)
    json["other_engines"].push_back({{"engine", run.engines[i + 1]->name()}, {"check", to_json(result.other_checks[i])}});
  if (!result.fp32_onnx.empty()) json["fp32_onnx"] = result.fp32_onnx.string();
  if (!result.int8_onnx.empty()) json["int8_onnx"] = result.int8_onnx.string();
  return json;
}

std::string result_text(const RunResult& result, const RunOptions& run) {
  std::string text = to_text(result.check);
  for (std::size_t i = 0; i < result.other_checks.size(); ++i)
    text += fmt::format("\n\n{}:\n{}", run.engines[i + 1]->name(), to_text(result.other_checks[i]));
  return fmt::format("{}\n{}\n{}", text, to_text(result.bench, bench_rows(run), run.threads), result.report.string());
}

Result<Outcome> run(const Options& options, Console& console) {
  RunOptions settings = options.run;
  OCTET_ASSIGN(settings.engines, engines_named(options.engines));
  OCTET_ASSIGN(settings.requirements, parse_requirements(options.require));
  settings.step = [&console](const std::string& step) { return console.bar(step); };
  settings.warn = console.warnings();
  if (!options.weights.empty()) settings.weights = options.weights;
  OCTET_RETURN_IF_ERROR(check_output_folder(settings.output));
  OCTET_RETURN_IF_ERROR(choose_model(options.model, options.description, settings));
  if (settings.data.annotations.empty() != settings.data.images.empty())
    return Error{ErrorCode::kInvalidArgument, "--images and --annotations go together"};
  OCTET_RETURN_IF_ERROR(choose_data(settings, console));
  OCTET_ASSIGN(const RunResult result, run_workflow(settings));
  const Measured measured = measured_of(result.check, speedup(result.bench));
  return Outcome{result_json(result, settings), result_text(result, settings), check_requirements(settings.requirements, measured),
                 judge_each(settings.requirements, measured)};
}

}  // namespace

Run add_run(CLI::App& app) {
  auto options = std::make_shared<Options>();
  RunOptions& run_options = options->run;
  CLI::App* verb = app.add_subcommand("run", "From the published file to the report: convert, quantize, detect, check, bench");
  verb->footer(
      "Without --data and --images it takes the embedded demonstration.\n"
      "Examples: octet run yolov4-tiny.cfg --data coco --output out\n"
      "          octet run ssdlite_mobilenet_v2 --data coco --output out");
  verb->add_option("model", options->model, "Name of a known model, or a source file: " + importable_kinds())
      ->required()
      ->type_name(kModelName);
  verb->add_option("--model", options->description, "Description of a source file: a known model's name, or F.yml")->type_name(kModelName);
  verb->add_option("--model-dir", run_options.model_dir, "Folder to look into for the files of a known model, before they are fetched");
  verb->add_option("--weights", options->weights, "Darknet weights; default: beside the cfg, with its name");
  add_labels(*verb, run_options.labels);
  add_pictures(*verb, run_options.data);
  add_limit(*verb, run_options.limit);
  add_output(*verb, run_options.output);
  add_score_threshold(*verb, run_options.score_threshold);
  add_onnx(*verb, run_options.onnx);
  add_seconds(*verb, run_options.bench_seconds);
  verb->add_option("--require", options->require, "Separated by commas: " + known_requirements() + "; status 4 if not met");
  add_engines(*verb, options->engines);
  add_inference_precision(*verb, run_options.precision);
  add_threads(*verb, run_options.threads);
  return add_recording(*verb, [options](Console& console) { return run(*options, console); });
}

}  // namespace octet::cli
