#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "data/dataset.h"
#include "download/fetch_file.h"

namespace octet {

struct FetchCocoOptions {
  std::string part;        // "val2017" or "train2017"
  std::int64_t limit = 0;  // the images of the lowest ids, each by its own address; 0: all, in one archive
  std::filesystem::path output;
  std::vector<std::string> addresses;  // of mirrors, laid out as images.cocodataset.org; empty: COCO's own
  int jobs = 8;                        // images at a time
  FetchOptions fetch;
  std::function<Progress(const std::string& step)> step;  // begins a step and gives its progress
};

// Fetches a part of COCO 2017 into the layout that data/layout.h knows:
//   <output>/<part>/                               the images
//   <output>/annotations/instances_<part>.json     with a limit those of its images alone; person_keypoints_ beside it where there is none
//   <output>/annotations_trainval2017.zip          stays, for the other part and another limit
// What is there already is not fetched again, and what was interrupted goes on. The annotations are put in place last, so that they never
// name an image that has not come. COCO publishes no digests: the archives are known by their size and checked by their own sums, and
// whether images are whole is for check_dataset() to say.
//
// Returns the names of the data set's pictures and annotations. Errors as those of fetch_file() and read_archive().
Result<DataSource> fetch_coco(const FetchCocoOptions& options);

// The parts that there are.
const std::vector<std::string>& coco_parts();

// The annotations of the `limit` images of the lowest ids alone, and all else of the file as it is.
//   errors   kMalformed: the text is no file of annotations
struct ReducedAnnotations {
  std::string json;
  std::vector<std::string> file_names;  // of the images, by rising id
};
Result<ReducedAnnotations> reduce_annotations(const std::string& json, std::int64_t limit);

}  // namespace octet
