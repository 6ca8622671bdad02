#pragma once

#include <cstdint>

#include "eval/coco_eval.h"

// What a model is worth at one threshold of scores, as it is deployed: a detection that overlaps an object of its class by an IoU of 0.5 or
// more is right, and crowds count neither way.
namespace octet {

struct OperatingPoint {
  double threshold = 0;  // detections that score at least this are kept
  std::int64_t right = 0, wrong = 0, objects = 0;

  // -1 where there is nothing to divide by.
  double precision() const;
  double recall() const;
  double f1() const;  // harmonic mean of the two
};

// Over all categories together.
OperatingPoint operating_point(const CocoMatches& matches, double threshold);

// The threshold with the highest F1, of several the highest; a threshold above every score where no detection is right.
OperatingPoint best_operating_point(const CocoMatches& matches);

// Expected calibration error of detections that score at least `threshold`: in ten bins of scores between there and 1, the distance of the
// mean score from the share that is right, weighted by their number (Küppers et al., "Multivariate Confidence Calibration for Object
// Detection", 2020, by the score alone). -1 where nothing scores so much.
double calibration_error(const CocoMatches& matches, double threshold);

}  // namespace octet
