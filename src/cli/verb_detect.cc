// octet detect: boxes of one model, or of two side by side, on pictures.

#include <memory>

#include <fmt/format.h>

#include "cli/detection_list.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "data/words.h"
#include "data/coco_json.h"
#include "steps/check.h"
#include "workflow/drawings.h"

namespace octet::cli {
namespace {

struct Options {
  std::vector<std::filesystem::path> models;
  DataSource source;
  BesideModel beside;
  std::filesystem::path draw;
  std::string results;
  double score_threshold = 0.001, shown_threshold = 0.3;
  std::string engine = "octet";
  std::int64_t limit = 0;
  int threads = 1;
};

std::int64_t count(const DetectionRun& run) {
  std::int64_t total = 0;
  for (const auto& found : run.detections) total += static_cast<std::int64_t>(found.size());
  return total;
}

Status write_files(const Options& options, const std::vector<Detector>& detectors, const Dataset& dataset,
                   const std::vector<DetectionRun>& runs, const ClassMap& classes) {
  FileTransaction files;
  if (!options.results.empty()) {
    OCTET_ASSIGN_AT(const std::string text, format_coco_results(coco_results(classes, dataset, runs[0])), options.results);
    OCTET_RETURN_IF_ERROR(files.add(options.results, text));
  }
  if (!options.draw.empty()) OCTET_RETURN_IF_ERROR(draw_detections(options.draw, dataset, detectors, runs, options.shown_threshold, files));
  return files.commit();
}

Outcome describe(const Options& options, const Detector& detector, const Dataset& dataset, const DetectionRun& run,
                 const ClassMap& classes) {
  const double rate = run.seconds > 0 ? static_cast<double>(run.images) / run.seconds : 0;
  Outcome outcome;
  outcome.json = {{"results", options.results.empty() ? Json(nullptr) : Json(options.results)},
                  {"images", run.images},
                  {"detections", count(run)},
                  {"images_per_second", rate},
                  {"categories", categories_as_json(detector, classes)}};
  if (options.source.folder.empty()) {
    outcome.json["pictures"] = list_as_json(detector, dataset, run);
    outcome.text = list_as_text(detector, dataset, run, options.shown_threshold);
  }
  outcome.text += fmt::format("{} above {:g} in {}, {:.1f} images a second", counted(count(run), "detection"), options.score_threshold,
                              counted(run.images, "image"), rate);
  return outcome;
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const Engine* engine, engine_named(options.engine));
  OCTET_ASSIGN(const Dataset dataset, open_pictures(options.source, options.limit, console.warnings()));
  if (!options.draw.empty()) OCTET_RETURN_IF_ERROR(check_drawing_folder(options.draw, dataset));
  OCTET_ASSIGN(const ConvertOptions settings_of_models, model_options(options.beside, console.warnings()));
  OCTET_ASSIGN(const auto detectors, load_detectors(options.models, settings_of_models, *engine));
  OCTET_ASSIGN(const auto classes, map_classes(detectors, dataset, console.warnings()));
  if (!options.results.empty() && dataset.truth.categories.empty())
    console.note(options.results + ": no categories are given (--categories GT.json), so its ids are " +
                 (classes[0].rule == ClassRule::kCoco ? "COCO's" : "1, 2, 3 ... in the order of the model's classes"));
  const DetectRunOptions settings{{.score_threshold = options.score_threshold}, options.threads, console.bar("detect"), console.warnings()};
  OCTET_ASSIGN(const auto runs, detect_with_each(detectors, dataset, settings));
  console.finish();
  OCTET_RETURN_IF_ERROR(write_files(options, detectors, dataset, runs, classes[0]));
  return describe(options, detectors[0], dataset, runs[0], classes[0]);
}

}  // namespace

Run add_detect(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("detect", "Find objects in pictures");
  verb->footer(
      "Examples: octet detect model.xml --images photo.jpg\n"
      "          octet detect model.xml --images photos more/photo.png --draw drawn\n"
      "          octet detect model.xml --data coco --results results.json");
  verb->add_option("model", options->models, "One IR (.xml) or source file, or two to draw side by side")->required()->expected(1, 2);
  add_pictures(*verb, options->source);
  verb->add_option("--categories", options->source.categories, "Annotations whose category and image ids the results take")
      ->excludes("--data");
  add_limit(*verb, options->limit);
  verb->add_option("--results", options->results, "Write the boxes of the first model in COCO's results format");
  verb->add_option("--draw", options->draw, "Write each picture with its boxes into this folder");
  add_labels(*verb, options->beside.labels);
  add_beside_model(*verb, options->beside);
  add_score_threshold(*verb, options->score_threshold);
  verb->add_option("--draw-threshold", options->shown_threshold, "List and draw what scores so much")
      ->check(number_between(0, 1))
      ->capture_default_str();
  add_engine(*verb, options->engine);
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
