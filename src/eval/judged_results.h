#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"

namespace octet {

// Where each category is annotated in some images alone, the results of which it is known whether they are right: those of categories of
// which the image has objects or was searched in vain. Before that, the best `most_in_image` of each image over all categories are taken.
// By rising image and falling score.
//   error   kInvalidArgument: `truth` says of no image which categories were looked for, or as of for_each_category()
Result<std::vector<CocoResult>> judged_results(const CocoGroundTruth& truth, std::span<const CocoResult> results,
                                               std::size_t most_in_image);

}  // namespace octet
