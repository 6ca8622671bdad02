#pragma once

#include <cstdint>
#include <span>

#include "eval/coco_eval.h"

namespace octet {

struct BootstrapOptions {
  int resamples = 500;
  double confidence = 0.95;
  std::uint64_t seed = 1;
};

// How sure the difference of two models' AP is on the images at hand.
struct ApDrop {
  double drop = 0;            // AP of the first less AP of the second, on the images as they are
  double low = 0, high = 0;   // percentile interval at the confidence asked for
  double standard_error = 0;  // standard deviation over the resamples
};

// Paired bootstrap: draws as many images as there are, with replacement, scores both models on the same draw, and repeats.
// Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3 (percentile interval). The same seed gives the
// same answer at any number of threads. Costs one pass over both lists of detections a resample; matching is done once.
//   error   kInvalidArgument: a result of an image that is not listed, no resamples, or nothing annotated
Result<ApDrop> bootstrap_ap_drop(const CocoGroundTruth& truth, std::span<const CocoResult> first, std::span<const CocoResult> second,
                                 const BootstrapOptions& options = {}, int threads = 1);

}  // namespace octet
