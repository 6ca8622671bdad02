#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/sharing.h"
#include "steps/check.h"

// What check and detect have in common: models that run over pictures, perhaps shared out, perhaps in several goes.
namespace octet::cli {

struct DetectionOptions {
  std::vector<std::filesystem::path> models;
  DataSource source;
  BesideModel beside;
  DetectOptions detect;
  std::string engine = "octet";
  InferencePrecision precision = InferencePrecision::kF32;
  std::int64_t limit = 0;
  int threads = 1;
  SharingOptions sharing;
  std::filesystem::path resume;  // folder of the journal; empty: none is kept
};

// The options of sharing, and --resume.
void add_detection_sharing(CLI::App& verb, DetectionOptions& options);

struct DetectionInputs {
  Dataset dataset;
  std::vector<Detector> detectors;
  std::vector<ClassMap> classes;  // of each detector
};

// Of the whole data set, whoever ran the models over it.
struct Detections {
  std::vector<DetectionRun> runs;
  std::optional<std::int64_t> resumed_images;  // that an earlier run had done; with --resume
};

struct DetectionVerb {
  const CLI::App& app;
  std::function<Status(const DetectionInputs& inputs)> prepare;  // before pictures are run
  std::function<Result<Outcome>(const DetectionInputs& inputs, const Detections& found)> finish;
  bool is_scored = false;  // so that accuracy can be shown while the models run
};

Result<Outcome> run_detection(const DetectionOptions& options, const DetectionVerb& verb, Console& console);

}  // namespace octet::cli
