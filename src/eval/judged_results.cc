#include "eval/judged_results.h"

#include <algorithm>
#include <cmath>

#include "eval/by_category.h"
#include "eval/id_index.h"

namespace octet {
namespace {

// The categories that are judged in each image, rising.
std::vector<std::vector<std::int64_t>> judged_categories(const CocoGroundTruth& truth, const IdIndex& images, std::size_t count) {
  std::vector<std::vector<std::int64_t>> of_image(count);
  for (const CocoVerification& verification : truth.verifications)
    if (const std::uint32_t image = images.find(verification.image_id); image != IdIndex::kNone) of_image[image] = verification.absent;
  for (const CocoAnnotation& annotation : truth.annotations)
    if (const std::uint32_t image = images.find(annotation.image_id); image != IdIndex::kNone)
      of_image[image].push_back(annotation.category_id);
  for (auto& categories : of_image) {
    std::ranges::sort(categories);
    categories.erase(std::unique(categories.begin(), categories.end()), categories.end());
  }
  return of_image;
}

// Numbers of results by image, without those whose score is NaN.
Result<std::vector<std::vector<std::uint32_t>>> by_image(std::span<const CocoResult> results, const IdIndex& images, std::size_t count) {
  std::vector<std::vector<std::uint32_t>> of_image(count);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::uint32_t image = images.find(results[i].image_id);
    if (image == IdIndex::kNone) return unlisted_image(i, results[i]);
    if (!std::isnan(results[i].score)) of_image[image].push_back(static_cast<std::uint32_t>(i));
  }
  return of_image;
}

}  // namespace

Result<std::vector<CocoResult>> judged_results(const CocoGroundTruth& truth, std::span<const CocoResult> results,
                                               std::size_t most_in_image) {
  if (truth.verifications.empty())
    return Error{
        ErrorCode::kInvalidArgument,
        "the annotations say of no image which categories were looked for ('neg_category_ids'), so that this metric is not theirs"};
  const std::vector<std::int64_t> ids = ids_of(truth).image_ids;
  const IdIndex images(ids);
  const auto judged = judged_categories(truth, images, ids.size());
  OCTET_ASSIGN(auto of_image, by_image(results, images, ids.size()));
  std::vector<CocoResult> kept;
  for (std::size_t image = 0; image < of_image.size(); ++image) {
    std::vector<std::uint32_t>& places = of_image[image];
    std::ranges::stable_sort(places, std::ranges::greater(), [&](std::uint32_t i) { return results[i].score; });
    places.resize(std::min(places.size(), most_in_image));
    for (const std::uint32_t i : places)
      if (std::ranges::binary_search(judged[image], results[i].category_id)) kept.push_back(results[i]);
  }
  return kept;
}

}  // namespace octet
