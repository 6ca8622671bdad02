#include "cli/detection_work.h"

#include <algorithm>

#include "cli/live_accuracy.h"
#include "steps/detection_parts.h"
#include "zoo/catalogue.h"

namespace octet::cli {
namespace {

// Every file but pictures that decides what is found, in one order.
std::vector<std::filesystem::path> files_of(const DetectionOptions& options, const DetectionInputs& inputs) {
  std::vector<std::filesystem::path> files;
  for (const Detector& detector : inputs.detectors) files.insert(files.end(), detector.files.begin(), detector.files.end());
  if (!inputs.dataset.annotation_file.empty()) files.push_back(inputs.dataset.annotation_file);
  if (!options.beside.labels.empty()) files.push_back(options.beside.labels);
  if (is_description_file(options.beside.description)) files.emplace_back(options.beside.description);
  return files;
}

class DetectionWork {
 public:
  DetectionWork(const DetectionOptions& options, const DetectionVerb& verb, Console& console)
      : options_(options), verb_(verb), console_(console) {}

  Result<MadePart> make_part(const Share& share, const Talk& talk) const {
    OCTET_ASSIGN(const DetectionInputs inputs, open(talk));
    OCTET_ASSIGN(PartSetup setup, setup_for(inputs, share));
    OCTET_ASSIGN(const Detections found, detect(inputs, share, talk));
    std::string bytes = part_of_runs(setup, found.runs, found.resumed_images.value_or(0));
    return MadePart{std::move(setup), std::move(bytes), found.runs[0].images};
  }

  Result<Outcome> join(const std::vector<Part>& parts, const Talk& talk) const {
    OCTET_ASSIGN(const DetectionInputs inputs, open(talk));
    OCTET_ASSIGN(const PartSetup setup, setup_for(inputs, parts.front().setup.share));
    if (const auto difference = difference_of(setup, parts.front().setup))
      return Error{ErrorCode::kMalformed, parts.front().name + ": is of other work than this: it " + *difference};
    Detections found;
    OCTET_ASSIGN(found.runs, runs_of_parts(parts, bounds_of(inputs.classes, inputs.dataset)));
    if (!options_.resume.empty()) {
      std::int64_t resumed = 0;
      for (const Part& part : parts) resumed += static_cast<std::int64_t>(part.resumed);
      found.resumed_images = resumed;
    }
    return verb_.finish(inputs, found);
  }

  Result<Outcome> do_all(const Talk& talk) const {
    OCTET_ASSIGN(const DetectionInputs inputs, open(talk));
    OCTET_ASSIGN(const Detections found, detect(inputs, {}, talk));
    return verb_.finish(inputs, found);
  }

 private:
  Result<DetectionInputs> open(const Talk& talk) const {
    OCTET_ASSIGN(const Engine* engine, engine_named(options_.engine));
    DetectionInputs inputs;
    OCTET_ASSIGN(inputs.dataset, open_pictures(options_.source, options_.limit, talk.warn));
    OCTET_ASSIGN(const ConvertOptions settings, model_options(options_.beside, talk.warn));
    OCTET_ASSIGN(inputs.detectors, load_detectors(options_.models, settings, *engine));
    OCTET_ASSIGN(inputs.classes, map_classes(inputs.detectors, inputs.dataset, talk.warn));
    OCTET_RETURN_IF_ERROR(verb_.prepare(inputs));
    return inputs;
  }

  Result<PartSetup> setup_for(const DetectionInputs& inputs, const Share& share) const {
    return setup_of(verb_.app, share, files_of(options_, inputs), inputs.dataset);
  }

  Result<Detections> detect(const DetectionInputs& inputs, const Share& share, const Talk& talk) const {
    std::unique_ptr<DetectionJournal> journal;
    Detections found;
    if (!options_.resume.empty()) {
      OCTET_ASSIGN(const PartSetup setup, setup_for(inputs, share));
      OCTET_ASSIGN(journal,
                   DetectionJournal::open(options_.resume, setup, bounds_of(inputs.classes, inputs.dataset), talk.warn_of_pictures));
      found.resumed_images = journal->resumed_images();
    }
    LiveAccuracy live(inputs, [this](std::string text) { console_.remark(std::move(text)); });
    FoundInImage watch;
    if (verb_.is_scored && share.is_whole() && Console::is_watched())
      watch = [&live](std::size_t image, std::span<const std::vector<Detection>> of_each) { live.add(image, of_each); };
    const DetectRunOptions how{{.score_threshold = options_.score_threshold},
                               options_.threads,
                               talk.bar(verb_.app.get_name()),
                               talk.warn_of_pictures,
                               share,
                               journal.get(),
                               watch};
    OCTET_ASSIGN(found.runs, detect_images(inputs.detectors, inputs.dataset, how));
    console_.finish();
    return found;
  }

  const DetectionOptions& options_;
  const DetectionVerb& verb_;
  Console& console_;
};

}  // namespace

void add_detection_sharing(CLI::App& verb, DetectionOptions& options) {
  add_sharing(verb, options.sharing);
  add_part_output(verb, options.sharing);
  verb.add_option("--resume", options.resume, "Folder that keeps what is found, so that the same command goes on where it was ended");
}

Result<Outcome> run_detection(const DetectionOptions& options, const DetectionVerb& verb, Console& console) {
  const DetectionWork work(options, verb, console);
  return run_shared(options.sharing,
                    {[&work](const Share& share, const Talk& talk) { return work.make_part(share, talk); },
                     [&work](const std::vector<Part>& parts, const Talk& talk) { return work.join(parts, talk); },
                     [&work](const Talk& talk) { return work.do_all(talk); }},
                    console);
}

}  // namespace octet::cli
