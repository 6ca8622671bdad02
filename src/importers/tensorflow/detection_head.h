#pragma once

#include "base/result.h"
#include "importers/tensorflow/box_coder.h"
#include "importers/tensorflow/heads.h"
#include "importers/tensorflow/network.h"
#include "importers/tensorflow/score_converter.h"
#include "importers/tensorflow/suppression.h"

namespace octet::tensorflow {

// What the importer understood of the source, apart from the feature extractor.
struct Detector {
  Heads boxes, classes;
  BoxCoder coder;
  ScoreConverter scores;
  Suppression suppression;
};

// What a DetectionOutput keeps of the boxes of an image.
struct DetectionLimits {
  bool has_background = false;
  std::int64_t keep = 100;
  float iou = 0.6f;
  bool clips_first = false;  // boxes are cut at the image border before the suppression, not after it
};

// Of the SSDs of TensorFlow and TensorFlow Lite, whatever their own threshold of scores, which a person may want lower.
DetectionOutput detection_output_of(const DetectionLimits& limits);

// Appends the predictions, the anchors and DetectionOutput; the graph's one output "detection_out" is [1,1,K,7].
Status append_detection_head(const Detector& detector, Network& network);

}  // namespace octet::tensorflow
