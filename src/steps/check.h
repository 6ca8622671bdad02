#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/coco_eval.h"
#include "eval/error_kinds.h"
#include "eval/fidelity.h"
#include "eval/operating_point.h"
#include "eval/result_source.h"
#include "eval/score_shift.h"
#include "detector/detect_images.h"
#include "steps/classes.h"

namespace octet {

// What is beyond the 12 numbers of a model.
struct ModelDetails {
  std::optional<OperatingPoint> deployed;  // at the threshold that it is deployed with, where that is known
  OperatingPoint best;                     // at the threshold with the highest F1
  double calibration_error = -1;           // of what scores at least the threshold that it is deployed with
  ErrorCosts errors{};
};

// Accuracy of one model, or of two side by side on the same images.
struct CheckResult {
  std::vector<CocoAccuracy> models;
  std::vector<ModelDetails> details;  // of each model
  std::vector<ClassMap> classes;      // of each model
  std::optional<double> drop;         // AP of the first less AP of the second, a fraction
  std::optional<double> fidelity;     // AP of the second where the first's detections of at least 0.3 are the truth
  std::optional<ApDrops> drops;       // of two models: how sure they are, of each size and category as well
  std::optional<ScoreShift> shift;    // of two models: of what both found, from a score of 0.3 of the first on
  std::int64_t images = 0;            // that every model could read
  MatchSettings settings{};           // that the models' numbers are made with
};

struct ScoreOptions {
  int threads = 1;
  MatchSettings settings{};                   // of all but fidelity and the kinds of errors
  std::vector<double> deployed_thresholds{};  // of each model; empty where they are not known
};

// Everything of a CheckResult but its classes, of one model or two. What was found is read several times, some categories or one image at a
// time.
//   ids     of the images that every model saw, and of the categories that count
//   error   kMalformed: a result names another image
Result<CheckResult> score_results(const CocoGroundTruth& truth, const CocoIds& ids, std::span<const ResultSource* const> models,
                                  const ScoreOptions& options);

// What counts of what detectors found in a data set. Errors and arguments as of score_runs(); the arguments must outlive it.
struct MeasuredRuns {
  CocoIds ids;
  std::vector<std::unique_ptr<const ResultSource>> models;

  std::vector<const ResultSource*> sources() const;
};
// The annotations of these images and categories alone.
CocoGroundTruth restricted_truth(const CocoGroundTruth& truth, const CocoIds& ids);
Result<MeasuredRuns> measured_runs(const std::vector<ClassMap>& classes, const Dataset& dataset, std::span<const DetectionRun> runs);

// Scores what each detector found in an annotated data set, `classes` being the map of each. An image that could not be read
// counts for neither model, nor does a category for which one of them has no class.
Result<CheckResult> score_runs(const std::vector<ClassMap>& classes, const Dataset& dataset, std::span<const DetectionRun> runs,
                               const ScoreOptions& options);

// What can be said while detectors are still running.
struct RunningAccuracy {
  std::int64_t images = 0;     // that every model has done
  ApDrop ap;                   // of the first model
  std::optional<ApDrop> drop;  // of two models
};

// Of the images that are done in `runs`, with intervals of a few hundred draws. kNotFound or kInvalidArgument where nothing can be said
// yet. Takes about a thirtieth of the time of score_runs().
Result<RunningAccuracy> running_accuracy(const std::vector<ClassMap>& classes, const Dataset& dataset, std::span<const DetectionRun> runs);

// What the author of each model ships it with.
std::vector<double> deployed_thresholds(const std::vector<Detector>& detectors);

// All of it: maps the classes, runs the detectors and scores what they found. `options.warn` is told of classes before pictures are run.
Result<CheckResult> check_detectors(const std::vector<Detector>& detectors, const Dataset& dataset, const DetectRunOptions& options,
                                    const MatchSettings& settings = {});

}  // namespace octet
