#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "detector/detector.h"

namespace octet {

// Mean over `reference` of (1 - IoU)^2 + (difference of scores)^2 to the detection of the same class that is nearest by this measure; at
// most kLargestDetectionError for each, which one that is missing has.
double detection_error(std::span<const Detection> reference, std::span<const Detection> found);
inline constexpr double kLargestDetectionError = 0.25;

// How far what a model finds in some pictures is from what another one, mostly the same in floats, finds there with a score of at least
// kReferenceScore; needs no annotations. Immutable, safe from several threads.
class DetectionErrorJudge {
 public:
  // Runs the reference over the first `pictures` pictures of the set that can be read and in which it finds something. `path` is for
  // messages. kNotFound where there are none.
  static Result<DetectionErrorJudge> make(const Graph& reference, const std::filesystem::path& path, const Dataset& dataset,
                                          std::size_t pictures);

  // Mean of detection_error() over the pictures, each with one thread.
  Result<double> error_of(const Graph& graph) const;

 private:
  std::filesystem::path path_;
  std::vector<Image> images_;
  std::vector<std::vector<Detection>> reference_;  // of each image
};

}  // namespace octet
