#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "data/dataset.h"

// What annotations and the headers of pictures give away before any picture is run. check_dataset.h looks at every pixel.
namespace octet {

// Boxes that are in another form than COCO's left, top, width, height in pixels.
struct BoxFaults {
  std::int64_t boxes = 0;
  std::int64_t outside = 0;   // more than a pixel beyond their picture, where its size is known
  std::int64_t in_pixel = 0;  // wholly inside the first pixel, as fractions of a picture are
};

BoxFaults find_box_faults(const Dataset& dataset);

struct FirstLookOptions {
  std::size_t headers = 400;  // so many pictures, spread over all, have their headers read
  bool calibrates = false;    // also: whether there are enough pictures, and whether they show anything (some are decoded)
};

// Tells `warn` a line each: files that were left out; boxes in another form; pictures that lie on their side or have another size
// than their annotations say; EXIF orientations that are not applied. Nothing where nothing is odd.
void look_first(const Dataset& dataset, const FirstLookOptions& options, const Warn& warn);

// The same of a results file: boxes of categories that the annotations lack, and annotated categories without any box.
void look_first(const CocoGroundTruth& truth, const std::vector<CocoResult>& results, const Warn& warn);

}  // namespace octet
