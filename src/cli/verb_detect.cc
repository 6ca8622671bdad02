// octet detect: boxes of one model, or of two side by side, on pictures.

#include <memory>

#include <fmt/format.h>

#include "base/files.h"
#include "cli/detection_list.h"
#include "cli/detection_work.h"
#include "data/words.h"
#include "data/coco_json.h"
#include "eval/matching.h"
#include "workflow/drawings.h"

namespace octet::cli {
namespace {

struct Options {
  DetectionOptions detection;
  std::filesystem::path draw;
  std::string results;
  double shown_threshold = 0.3;
};

std::int64_t count(const DetectionRun& run) {
  std::int64_t total = 0;
  for (std::size_t image = 0; image < run.detections.images(); ++image) total += static_cast<std::int64_t>(run.detections.count(image));
  return total;
}

Status write_files(const Options& options, const DetectionInputs& inputs, const std::vector<DetectionRun>& runs) {
  FileTransaction files;
  if (!options.results.empty()) {
    OCTET_ASSIGN_AT(const std::string text, format_coco_results(coco_results(inputs.classes[0], inputs.dataset, runs[0])), options.results);
    OCTET_RETURN_IF_ERROR(files.add(options.results, text));
  }
  if (!options.draw.empty())
    OCTET_RETURN_IF_ERROR(draw_detections(options.draw, inputs.dataset, inputs.detectors, runs, options.shown_threshold, files));
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
  if (run.busy_share > 0) outcome.json["busy_share"] = run.busy_share;  // not of parts
  if (options.detection.source.folder.empty()) {
    outcome.json["pictures"] = list_as_json(detector, dataset, run);
    outcome.text = list_as_text(detector, dataset, run, options.shown_threshold);
  }
  outcome.text += fmt::format("{} above {:g} in {}, {:.1f} images a second", counted(count(run), "detection"),
                              options.detection.detect.score_threshold, counted(run.images, "image"), rate);
  return outcome;
}

Status prepare(const Options& options, const DetectionInputs& inputs, Console& console) {
  if (!options.draw.empty()) OCTET_RETURN_IF_ERROR(check_drawing_folder(options.draw, inputs.dataset));
  if (!options.results.empty() && inputs.dataset.truth.categories.empty())
    console.note(options.results + ": no categories are given (--categories GT.json), so its ids are " +
                 (inputs.classes[0].rule == ClassRule::kCoco ? "COCO's" : "1, 2, 3 ... in the order of the model's classes"));
  return {};
}

// Nothing is written where no picture could be read: an empty list of boxes would pass for one of pictures without objects.
Result<Outcome> finish(const Options& options, const DetectionInputs& inputs, const Detections& found) {
  if (found.runs[0].images == 0)
    return Error{ErrorCode::kNotFound, fmt::format("none of {} could be read", counted(inputs.dataset.images.size(), "picture"))};
  OCTET_RETURN_IF_ERROR(write_files(options, inputs, found.runs));
  Outcome outcome = describe(options, inputs.detectors[0], inputs.dataset, found.runs[0], inputs.classes[0]);
  if (found.resumed_images) outcome.json["resumed_images"] = *found.resumed_images;
  return outcome;
}

Result<Outcome> run(const Options& options, const CLI::App& verb, Console& console) {
  if (!options.detection.sharing.shard.empty() && (!options.results.empty() || !options.draw.empty()))
    return Error{ErrorCode::kInvalidArgument, "--shard finds a share of the boxes: --results and --draw are for who takes all --parts"};
  OCTET_RETURN_IF_ERROR(check_output_file(options.results));
  OCTET_RETURN_IF_ERROR(check_output_folder(options.draw));
  return run_detection(options.detection,
                       {verb, [&](const DetectionInputs& inputs) { return prepare(options, inputs, console); },
                        [&](const DetectionInputs& inputs, const Detections& found) { return finish(options, inputs, found); }},
                       console);
}

}  // namespace

Run add_detect(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("detect", "Find objects in pictures");
  verb->footer(
      "Examples: octet detect model.xml --images photo.jpg\n"
      "          octet detect model.xml --images photos more/photo.png --draw drawn\n"
      "          octet detect model.xml --data coco --results results.json");
  DetectionOptions& detection = options->detection;
  verb->add_option("model", detection.models, "One IR (.xml) or source file, or two to draw side by side")->required()->expected(1, 2);
  add_pictures(*verb, detection.source);
  verb->add_option("--categories", detection.source.categories, "Annotations whose category and image ids the results take")
      ->excludes("--data");
  add_limit(*verb, detection.limit);
  verb->add_option("--results", options->results, "Write the boxes of the first model in COCO's results format");
  verb->add_option("--draw", options->draw, "Write each picture with its boxes into this folder");
  add_labels(*verb, detection.beside.labels);
  add_beside_model(*verb, detection.beside);
  add_score_threshold(*verb, detection.detect.score_threshold);
  verb->add_option("--max-detections", detection.detect.max_detections, "Keep so many of the best in a picture")
      ->check(number_between(1, kMostDetections))
      ->capture_default_str();
  verb->add_option("--draw-threshold", options->shown_threshold, "List and draw what scores so much")
      ->check(number_between(0, 1))
      ->capture_default_str();
  add_engine(*verb, detection.engine);
  add_inference_precision(*verb, detection.precision);
  add_detection_sharing(*verb, detection);
  add_threads(*verb, detection.threads);
  return [options, verb](Console& console) { return run(*options, *verb, console); };
}

}  // namespace octet::cli
