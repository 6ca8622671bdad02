#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"
#include "eval/coco_eval.h"

// A data set and what was found in it, one category after the other: what every metric begins with.
namespace octet {

// Empty for an id that `truth` lacks.
std::string name_of_category(const CocoGroundTruth& truth, std::int64_t id);

// Of the result of this index, whose image the annotations do not list.
Error unlisted_image(std::size_t index, const CocoResult& result);

// Boxes by rising image, an index into CocoIds::image_ids; those of one image in their order. They are gone when the call returns.
using CategoryVisitor = std::function<void(std::size_t category, std::span<const TruthBox> truth, std::span<const FoundBox> found)>;

// Visits each category of `ids`, those of `truth`, in any order. Results of other categories are left out, as are annotations of images
// that `truth` does not list and results whose score is NaN. Takes linear time.
//   error    kMalformed: a result names an image that `truth` does not list
//   threads  share the categories out, so that `visit` is called from all of them
Status for_each_category(const CocoGroundTruth& truth, std::span<const CocoResult> results, const CocoIds& ids, int threads,
                         const CategoryVisitor& visit);

}  // namespace octet
