#pragma once

#include <vector>

#include "boxes/detection.h"
#include "detector/detect_images.h"

namespace octet {

// The detections in COCO's results format, image after image. Without annotations the n-th class has category id n + 1.
Result<std::vector<CocoResult>> coco_results(const Detector& detector, const Dataset& dataset, const DetectionRun& run);

}  // namespace octet
