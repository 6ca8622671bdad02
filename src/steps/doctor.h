#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "detector/detect_images.h"
#include "steps/import_source.h"

namespace octet {

// One way to use a model and what it reaches.
struct DoctorTrial {
  std::string change;  // from the present setting; "" is that one
  ModelInfo settings;  // the keys of a description that say so
  double ap = -1;      // of COCO, a fraction
};

struct DoctorResult {
  std::vector<DoctorTrial> trials;  // the present setting first
  std::size_t best = 0;             // of them
  std::int64_t images = 0;

  // By how much the present setting falls behind the best, a fraction.
  double loss() const { return trials[best].ap - trials[0].ap; }
};

// Looks for a wrong way of using a model: measures it on annotated pictures as it is used now, then with one thing changed at a time (order
// of channels, mean and scale, resize, place of the labels), then with every change together that was better. What a description says
// is the present setting. Errors as import_source() and check_detectors() have them.
Result<DoctorResult> examine(const std::filesystem::path& model, const ConvertOptions& options, const Dataset& dataset,
                             const DetectRunOptions& run);

}  // namespace octet
