#pragma once

#include <filesystem>
#include <vector>

#include "workflow/detector.h"

namespace octet {

// Writes every picture that was done into `folder` under its own name, boxes of at least `score_threshold` drawn on it; with two
// models the two drawings beside each other. kIo if a file cannot be written.
Status draw_detections(const std::filesystem::path& folder, const Dataset& dataset, const std::vector<Detector>& detectors,
                       const std::vector<DetectionRun>& runs, double score_threshold);

}  // namespace octet
