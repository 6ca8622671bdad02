#pragma once

#include <cstdint>

#include "eval/result_source.h"

namespace octet {

// How the scores of one model differ from another's for what both found.
struct ScoreShift {
  std::int64_t pairs = 0;
  double mean = 0;           // of the second's score less the first's
  double mean_absolute = 0;  // of its size
};

// Pairs detections of one image and category that overlap by an IoU of 0.5 or more: by falling score, each of the first that scores at
// least `lowest_score` takes the free one of the second with which it overlaps most. Any score of the second will do, so that one that fell
// is seen.
ScoreShift score_shift(const ResultSource& first, const ResultSource& second, double lowest_score);

}  // namespace octet
