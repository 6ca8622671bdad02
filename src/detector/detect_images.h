#pragma once

#include <cstdint>
#include <vector>

#include "base/progress.h"
#include "data/dataset.h"
#include "detector/detector.h"

namespace octet {

struct DetectRunOptions {
  DetectOptions detect;
  int threads = 1;
  Progress progress;
  Warn warn;
};

// What a detector found in the images of a data set.
struct DetectionRun {
  std::vector<std::vector<Detection>> detections;  // one list an image of the data set, in its order
  std::vector<bool> done;                          // false: the image could not be read
  std::int64_t images = 0;                         // done
  double seconds = 0;                              // wall clock of all, decoding of files included
};

// Whole images are shared out among the threads; the answer does not depend on how many there are. An image that cannot be
// read is left out with a warning that names it.
Result<DetectionRun> detect_images(const Detector& detector, const Dataset& dataset, const DetectRunOptions& options);

}  // namespace octet
