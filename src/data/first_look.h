#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "data/dataset.h"

// What annotations and the headers of pictures give away before any picture is run. check_dataset.h looks at every pixel.
namespace octet {

struct FirstLookOptions {
  std::size_t headers = 400;  // so many pictures, spread over all, have their headers read
  bool calibrates = false;    // also what calibration_remarks() says of some pictures, which are decoded
  int threads = 1;            // for that
};

// Tells `warn` a line each: files that were left out; faults of annotations (annotation_faults.h); pictures that lie on their side or have
// another size than their annotations say; EXIF orientations that are not applied. Nothing where nothing is odd.
void look_first(const Dataset& dataset, const FirstLookOptions& options, const Warn& warn);

// The same of a results file: boxes of categories that the annotations lack, and annotated categories without any box.
void look_first(const CocoGroundTruth& truth, const std::vector<CocoResult>& results, const Warn& warn);

}  // namespace octet
