#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "detect/candidate.h"
#include "tensor/shape.h"

namespace octet {

// Appends the rows of a DetectionOutput whose confidence is strictly above `score_threshold`. A row is image, class,
// confidence and the corners as fractions of the input, which the candidates keep; the first row with a negative image
// ends the list. Rows that are not finite are left out. kMalformed if `shape` is not [1,1,N,7].
Status decode_detection_output(std::span<const float> values, const Shape& shape, double score_threshold,
                               std::vector<Candidate>& candidates);

}  // namespace octet
