#pragma once

#include <span>

#include "boxes/detection.h"

namespace octet {

// Mean over `reference` of (1 - IoU)^2 + (difference of scores)^2 to the detection of the same class that is nearest by this measure; at
// most kLargestDetectionError for each, which one that is missing has.
double detection_error(std::span<const Detection> reference, std::span<const Detection> found);
inline constexpr double kLargestDetectionError = 0.25;

}  // namespace octet
