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
  // Of the loss, by paired bootstrap: its 95 % interval, and how often chance alone would give the best of as many trials one as large.
  double loss_low = 0, loss_high = 0, loss_p_value = 1;

  // By how much the present setting falls behind the best, a fraction.
  double loss() const { return trials[best].ap - trials[0].ap; }
  // Whether chance alone does not explain the loss on these pictures. Draws of fewer than 20 are too much alike to say so.
  bool loss_is_certain() const { return images >= 20 && loss_p_value < 0.05; }
};

// Looks for a wrong way of using a model: measures it on annotated pictures as it is used now, then with one thing changed at a time (order
// of channels, mean and scale, resize, place of the labels), then with every change together that was better. What a description says
// is the present setting. Errors as import_source() and check_detectors() have them.
Result<DoctorResult> examine(const std::filesystem::path& model, const ConvertOptions& options, const Dataset& dataset,
                             const DetectRunOptions& run);

}  // namespace octet
