#pragma once

#include <cstdint>
#include <span>

#include "base/spilled_lists.h"
#include "eval/matching.h"

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

// The scores of all categories together, by whether a detection is right.
class JudgedScores {
 public:
  // Matches of categories that were not added before.
  void add(std::span<const CategoryMatches> matches);

  OperatingPoint at(double threshold) const;

  // The threshold with the highest F1, of several the highest; a threshold above every score where no detection is right.
  OperatingPoint best() const;

  // Expected calibration error of detections that score at least `threshold`: in ten bins of scores between there and 1, the distance of
  // the mean score from the share that is right, weighted by their number (Küppers et al., "Multivariate Confidence Calibration for Object
  // Detection", 2020, by the score alone). -1 where nothing scores so much.
  double calibration_error(double threshold) const;

 private:
  // Calls visit(score, is_right) with each, those that are right first.
  template <typename Visit>
  void for_each(Visit visit) const;

  SpilledLists<double> scores_{2};  // of the wrong, of the right
  std::int64_t objects_ = 0;
};

}  // namespace octet
