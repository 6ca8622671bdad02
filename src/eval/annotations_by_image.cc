#include "eval/annotations_by_image.h"

#include <numeric>

#include "eval/id_index.h"

namespace octet {

AnnotationsByImage::AnnotationsByImage(const CocoGroundTruth& truth, const CocoIds& ids) : truth_(truth), begin_(ids.image_ids.size() + 1) {
  const IdIndex images(ids.image_ids), categories(ids.category_ids);
  ScratchVector<std::uint32_t> image_of;
  image_of.reserve(truth.annotations.size());
  for (const CocoAnnotation& annotation : truth.annotations) {
    const bool counts = categories.find(annotation.category_id) != IdIndex::kNone;
    image_of.push_back(counts ? images.find(annotation.image_id) : IdIndex::kNone);
    if (image_of.back() != IdIndex::kNone) ++begin_[image_of.back() + 1];
  }
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  order_.resize(begin_.back());
  ScratchVector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t i = 0; i < image_of.size(); ++i)
    if (image_of[i] != IdIndex::kNone) order_[next[image_of[i]]++] = static_cast<std::uint32_t>(i);
}

}  // namespace octet
