#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"
#include "detect/outputs.h"
#include "image/image.h"
#include "model/description.h"

namespace octet {

struct DetectOptions {
  double score_threshold = 0.001;  // a box is kept if its score is strictly above
  std::size_t max_detections = 100;
};

// kMalformed, naming the output, if the outputs of a model are not of the number, types and shapes that its head needs. To be
// asked when a model is loaded, so that a foreign one is refused before it runs.
Status check_outputs(const ModelDescription& description, std::span<const OutputType> outputs);

// What a model found: boxes in pixels of the image that was resized to the input, by falling score. Infinite and NaN outputs
// give no box. Errors name the output that is missing or has another shape than the description says.
Result<std::vector<Detection>> detections_from_outputs(const ModelDescription& description, std::span<const NamedOutput> outputs,
                                                       ImageSize image, const DetectOptions& options = {});

}  // namespace octet
