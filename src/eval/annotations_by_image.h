#pragma once

#include <cstddef>
#include <cstdint>

#include "base/scratch_vector.h"
#include "boxes/detection.h"
#include "eval/coco_eval.h"

namespace octet {

// What is annotated, image by image.
class AnnotationsByImage {
 public:
  // Those of the images and categories of `ids`. `truth` must outlive this.
  AnnotationsByImage(const CocoGroundTruth& truth, const CocoIds& ids);

  // Calls visit(const CocoAnnotation&) with those of an image, by its place in CocoIds::image_ids, in their order.
  template <typename Visit>
  void for_each(std::size_t image, Visit visit) const {
    for (std::size_t at = begin_[image]; at < begin_[image + 1]; ++at) visit(truth_.annotations[order_[at]]);
  }

 private:
  const CocoGroundTruth& truth_;
  ScratchVector<std::uint32_t> begin_, order_;  // of each image in `order_`, and the end of the last one; annotations
};

}  // namespace octet
