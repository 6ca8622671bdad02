#pragma once

#include <filesystem>
#include <vector>

#include "data/dataset.h"
#include "detector/detect_images.h"
#include "quant/quantize.h"
#include "steps/check.h"

namespace octet {

// What quantization does to what a model finds.
struct DetectionChange {
  Dataset pictures;                  // that both models ran
  std::vector<Detector> detectors;   // in floats, and quantized
  std::vector<DetectionRun> runs{};  // of each
  CheckResult check{};
  bool is_annotated = false;  // else the truth is what the model in floats finds with a score of at least kReferenceScore
};

// Runs both models on at most so many of the pictures and compares what they find. Annotations are the truth where the pictures have some.
// `path` is where the model came from, for messages. kNotFound where there is no truth at all.
inline constexpr std::int64_t kMostPicturesCompared = 128;
Result<DetectionChange> detection_change(const quant::QuantizedModel& model, const std::filesystem::path& path, const Dataset& pictures,
                                         const quant::CalibrationOptions& options);

}  // namespace octet
