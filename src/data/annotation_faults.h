#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace octet {

// What is odd about the annotations of a data set, as far as they tell it themselves: what counts for nothing, and boxes that are in
// another form than COCO's left, top, width and height in pixels.
struct AnnotationFaults {
  std::int64_t boxes = 0;           // of the images that are listed
  std::int64_t outside = 0;         // more than a pixel beyond their picture, where its size is known
  std::int64_t in_pixel = 0;        // wholly inside the first pixel, as fractions of a picture are
  std::int64_t in_percent = 0;      // inside the first 100 x 100 pixels of larger pictures, if that holds for every box
  std::int64_t without_area = 0;    // no width or no height, so that nothing found can match them
  std::int64_t of_no_image = 0;     // their image_id is not listed
  std::int64_t of_no_category = 0;  // their category_id is not listed
  std::int64_t with_id_0 = 0;       // which COCO's code takes for none: whatever finds such an object counts as wrong
  std::int64_t shared_files = 0;    // images with the file of another image

  // Nothing that spoils a measurement.
  bool none() const;
};

AnnotationFaults find_annotation_faults(const Dataset& dataset);

// A line for each fault; and one where nothing is annotated.
std::vector<std::string> remarks_on(const AnnotationFaults& faults, const Dataset& dataset);

}  // namespace octet
