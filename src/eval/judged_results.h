#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "eval/result_source.h"

namespace octet {

// Where each category is annotated in some images alone: of which it is known whether results are right, as the image has objects of them
// or was searched in vain.
class JudgedCategories {
 public:
  //   image_ids   of the images that count, rising
  JudgedCategories(const CocoGroundTruth& truth, std::span<const std::int64_t> image_ids);

  bool contain(std::size_t image, std::int64_t category_id) const;

 private:
  std::vector<std::vector<std::int64_t>> of_image_;  // rising
};

// What of `results`, which must outlive it, is of judged categories, by falling score; before that, the best `most_in_image` of each image
// over all categories are taken.
//   error   kInvalidArgument: `truth` says of no image which categories were looked for
//           kMalformed: a result is of an image that it does not list
Result<std::unique_ptr<const ResultSource>> judged_results(const CocoGroundTruth& truth, const ResultSource& results,
                                                           std::size_t most_in_image);

}  // namespace octet
