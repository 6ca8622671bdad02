#include "cli/detection_work.h"

#include <algorithm>

#include <fmt/format.h>

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

// As many as a kill of a rank may lose, and the threads of a rank do together.
constexpr std::size_t kPicturesOfBlock = 16;

class DetectionWork {
 public:
  DetectionWork(const DetectionOptions& options, const DetectionVerb& verb, Console& console)
      : options_(options), verb_(verb), console_(console) {}

  Status make_parts(const NextShare& next, const TakePart& take, const Talk& talk) const {
    OCTET_ASSIGN(const DetectionInputs inputs, open(talk, options_.precision));
    OCTET_ASSIGN(PartSetup setup, setup_for(inputs, {}));
    while (const auto share = next(inputs.dataset.images.size(), kPicturesOfBlock)) {
      setup.share = *share;
      OCTET_ASSIGN(const Detections found, detect(inputs, setup, talk));
      const auto write = [&](const FileTransaction::Sink& sink) {
        return write_part_of_runs(setup, found.runs, found.resumed_images.value_or(0), sink);
      };
      OCTET_RETURN_IF_ERROR(take({setup, write, found.runs[0].images}));
    }
    return {};
  }

  Result<Outcome> join(std::vector<Part> parts, const Talk& talk) const {
    // Nothing is computed: a machine will do that lacks the instructions of those that made the parts.
    OCTET_ASSIGN(const DetectionInputs inputs, open(talk, InferencePrecision::kF32));
    OCTET_ASSIGN(PartSetup setup, setup_for(inputs, parts.front().setup.share));
    setup.isa = parts.front().setup.isa;
    if (const auto difference = difference_of(setup, parts.front().setup))
      return Error{ErrorCode::kMalformed, parts.front().name + ": is of other work than this: it " + *difference};
    Detections found;
    OCTET_ASSIGN(found.runs, runs_of_parts(parts, bounds_of(inputs.classes, inputs.dataset)));
    if (!options_.resume.empty()) found.resumed_images = resumed_in(parts);
    parts.clear();  // where their records lie takes memory with each picture
    return finished(inputs, found);
  }

  Result<Outcome> do_all(const Talk& talk) const {
    OCTET_ASSIGN(const DetectionInputs inputs, open(talk, options_.precision));
    PartSetup setup;  // of the journal, whose digests take time
    if (!options_.resume.empty()) {
      OCTET_ASSIGN(setup, setup_for(inputs, {}));
    }
    OCTET_ASSIGN(const Detections found, detect(inputs, setup, talk));
    console_.finish();
    return finished(inputs, found);
  }

 private:
  Result<DetectionInputs> open(const Talk& talk, InferencePrecision precision) const {
    OCTET_ASSIGN(const Engine* engine, engine_named(options_.engine));
    DetectionInputs inputs;
    OCTET_ASSIGN(inputs.dataset, open_pictures(options_.source, options_.limit, talk.warn));
    OCTET_ASSIGN(const ConvertOptions settings, model_options(options_.beside, talk.warn));
    OCTET_ASSIGN(inputs.detectors, load_detectors(options_.models, settings, *engine, precision));
    OCTET_ASSIGN(inputs.classes, map_classes(inputs.detectors, inputs.dataset, talk.warn));
    OCTET_RETURN_IF_ERROR(verb_.prepare(inputs));
    return inputs;
  }

  Result<PartSetup> setup_for(const DetectionInputs& inputs, const Share& share) const {
    return setup_of(verb_.app, share, files_of(options_, inputs), inputs.dataset);
  }

  // What the verb says of it, and in which precision it was computed.
  Result<Outcome> finished(const DetectionInputs& inputs, const Detections& found) const {
    OCTET_ASSIGN(Outcome outcome, verb_.finish(inputs, found));
    outcome.json["infer_precision"] = to_string(options_.precision);
    if (options_.precision != InferencePrecision::kF32)
      outcome.text += fmt::format("\nlayers of floats multiplied {}", to_string(options_.precision));
    return outcome;
  }

  // The share that the setup has.
  Result<Detections> detect(const DetectionInputs& inputs, const PartSetup& setup, const Talk& talk) const {
    std::unique_ptr<DetectionJournal> journal;
    Detections found;
    if (!options_.resume.empty()) {
      OCTET_ASSIGN(journal,
                   DetectionJournal::open(options_.resume, setup, bounds_of(inputs.classes, inputs.dataset), talk.warn_of_pictures));
      found.resumed_images = journal->resumed_images();
    }
    LiveAccuracy live(inputs, [this](std::string text) { console_.remark(std::move(text)); });
    FoundInImage watch;
    if (verb_.is_scored && setup.share.is_whole() && Console::is_watched())
      watch = [&live](std::size_t image, std::span<const std::vector<Detection>> of_each) { live.add(image, of_each); };
    const DetectRunOptions how{
        options_.detect, options_.threads, talk.bar(verb_.app.get_name()), talk.warn_of_pictures, setup.share, journal.get(), watch};
    OCTET_ASSIGN(found.runs, detect_images(inputs.detectors, inputs.dataset, how));
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
  add_resume(verb, options.resume);
}

Result<Outcome> run_detection(const DetectionOptions& options, const DetectionVerb& verb, Console& console) {
  const DetectionWork work(options, verb, console);
  return run_shared(options.sharing,
                    {[&work](const NextShare& next, const TakePart& take, const Talk& talk) { return work.make_parts(next, take, talk); },
                     [&work](std::vector<Part> parts, const Talk& talk) { return work.join(std::move(parts), talk); },
                     [&work](const Talk& talk) { return work.do_all(talk); }},
                    console);
}

}  // namespace octet::cli
