#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "data/annotation_faults.h"

namespace octet {

struct BrokenImage {
  std::filesystem::path path;
  std::string reason;
};

// What a look at every file of a data set found.
struct DatasetReport {
  std::int64_t images = 0, usable_images = 0;
  std::int64_t annotations = 0, crowds = 0, categories = 0;
  std::vector<std::filesystem::path> missing;              // listed and not there
  std::vector<BrokenImage> unreadable;                     // there and no picture, or cut off
  std::vector<BrokenImage> other_size;                     // another size than the annotations say
  std::vector<std::filesystem::path> without_annotations;  // listed images in which nothing is annotated
  std::vector<std::filesystem::path> not_listed;           // image files in the folder that the annotations do not name
  AnnotationFaults faults;
  std::vector<std::string> remarks;  // what look_first() has to say

  // Fit for measuring: every listed image can be read and every annotation belongs to something and has a box
  // in pixels of its picture.
  bool ok() const;
};

// Decodes every image of `dataset`; the annotations of a data set without any are not missed.
DatasetReport check_dataset(const Dataset& dataset, int threads = 1, const Progress& progress = {});

}  // namespace octet
