#pragma once

#include "importers/tflite/network.h"
#include "model/description.h"

namespace octet::tflite {

// Boxes of an image that octet keeps at least, as COCO counts them.
inline constexpr std::int64_t kDetectionsAnImage = 100;

// Whether an operator is TFLite_Detection_PostProcess, which decodes the boxes of an SSD and suppresses those that overlap.
bool is_post_process(const OperatorRecord& op);

// What the operator says of a model beside the rows that it becomes.
struct PostProcess {
  Value rows;  // [1,1,K,7] of DetectionOutput
  Suppression suppression;
  bool has_background = false;
  bool across_classes = false;  // the file suppresses the boxes of all classes together, the best class of each: its fast way
  std::int64_t num_classes = 0;
  std::int64_t kept = 0;              // boxes of an image that the file itself keeps
  std::vector<std::int32_t> outputs;  // the tensors of its boxes, classes, scores and their count
};

// Appends a DetectionOutput for it. Inputs: box encodings [1,N,4] (y, x, height, width), class scores [1,N,C], anchors [N,4] in the same
// order, as fractions of the image.
Result<PostProcess> append_post_process(Layer& layer);

}  // namespace octet::tflite
