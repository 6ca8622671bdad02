#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"
#include "detect/model_description.h"
#include "image/image.h"
#include "tensor/shape.h"

namespace octet {

// One output of a model, as the IR has it.
struct NamedOutput {
  std::string name;  // of the Result node
  Shape shape;
  std::span<const float> values;
};

struct DetectOptions {
  double score_threshold = 0.001;  // a box is kept if its score is strictly above
  std::size_t max_detections = 100;
};

// What a model found: boxes in pixels of the image that was preprocess()ed, by falling score. Infinite and NaN outputs
// give no box. Errors name the output that is missing or has another shape than the description says.
Result<std::vector<Detection>> detections_from_outputs(const ModelDescription& description, std::span<const NamedOutput> outputs,
                                                       ImageSize image, const DetectOptions& options = {});

}  // namespace octet
