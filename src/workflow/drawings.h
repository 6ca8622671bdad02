#pragma once

#include <filesystem>
#include <vector>

#include "base/files.h"
#include "detector/detect_images.h"

namespace octet {

// Adds every picture that was done to `files`, in `folder` under its name in the data set, boxes of at least `score_threshold` drawn on it;
// with two models the two drawings beside each other. kIo if a file cannot be written.
Status draw_detections(const std::filesystem::path& folder, const Dataset& dataset, const std::vector<Detector>& detectors,
                       const std::vector<DetectionRun>& runs, double score_threshold, FileTransaction& files);

// kInvalidArgument if drawings in `folder` would take the place of the pictures that they are made of, or of each other.
Status check_drawing_folder(const std::filesystem::path& folder, const Dataset& dataset);

}  // namespace octet
