// octet detect: boxes of one model, or of two side by side, on pictures.

#include <memory>

#include <fmt/format.h>

#include "cli/dataset_options.h"
#include "cli/numbers.h"
#include "cli/verb.h"
#include "data/coco_json.h"
#include "detector/detect_images.h"
#include "workflow/classes.h"
#include "workflow/drawings.h"

namespace octet::cli {
namespace {

struct Options {
  std::vector<std::string> models;
  DatasetOptions pictures;
  std::string results, draw;
  double score_threshold = 0.001, draw_threshold = 0.3;
  int threads = 1;
};

std::int64_t count(const DetectionRun& run) {
  std::int64_t total = 0;
  for (const auto& found : run.detections) total += static_cast<std::int64_t>(found.size());
  return total;
}

Status add_results(const std::string& path, const ClassMap& classes, const Dataset& dataset, const DetectionRun& run,
                   FileTransaction& files) {
  OCTET_ASSIGN_AT(const std::string text, format_coco_results(coco_results(classes, dataset, run)), path);
  return files.add(path, text);
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const Dataset dataset, options.pictures.open());
  if (!options.draw.empty()) OCTET_RETURN_IF_ERROR(check_drawing_folder(options.draw, dataset));
  std::vector<Detector> detectors;
  for (const std::string& model : options.models) {
    OCTET_ASSIGN(auto detector, load_detector(model));
    detectors.push_back(std::move(detector));
  }
  OCTET_ASSIGN(const std::vector<ClassMap> classes, map_classes(detectors, dataset, console.warnings()));
  std::vector<DetectionRun> runs;
  for (const Detector& detector : detectors) {
    DetectRunOptions settings;
    settings.detect.score_threshold = options.score_threshold;
    settings.threads = options.threads;
    settings.progress = console.bar("detect " + detector.path.stem().string());
    if (runs.empty()) settings.warn = console.warnings();
    OCTET_ASSIGN(auto found, detect_images(detector, dataset, settings));
    runs.push_back(std::move(found));
  }
  console.finish();
  FileTransaction files;
  if (!options.results.empty()) OCTET_RETURN_IF_ERROR(add_results(options.results, classes[0], dataset, runs[0], files));
  if (!options.draw.empty()) OCTET_RETURN_IF_ERROR(draw_detections(options.draw, dataset, detectors, runs, options.draw_threshold, files));
  OCTET_RETURN_IF_ERROR(files.commit());

  const double rate = runs[0].seconds > 0 ? static_cast<double>(runs[0].images) / runs[0].seconds : 0;
  Outcome outcome;
  outcome.json = {{"results", options.results.empty() ? Json(nullptr) : Json(options.results)},
                  {"images", runs[0].images},
                  {"detections", count(runs[0])},
                  {"images_per_second", rate}};
  outcome.text = fmt::format("{} detections in {} images, {:.1f} images a second", count(runs[0]), runs[0].images, rate);
  return outcome;
}

}  // namespace

Run add_detect(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("detect", "Find objects in pictures");
  verb->footer("Example: octet detect model.xml --images photos --score-threshold 0.3 --draw drawn");
  verb->add_option("model", options->models, "One IR (.xml), or two to draw side by side")->required()->expected(1, 2);
  options->pictures.add_to(*verb);
  verb->add_option("--results", options->results, "Write the boxes of the first model in COCO's results format");
  verb->add_option("--draw", options->draw, "Write each picture with its boxes into this folder");
  verb->add_option("--score-threshold", options->score_threshold, "Keep what scores above")
      ->check(number_between(0, 1))
      ->capture_default_str();
  verb->add_option("--draw-threshold", options->draw_threshold, "Draw what scores above")
      ->check(number_between(0, 1))
      ->capture_default_str();
  add_threads_option(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
