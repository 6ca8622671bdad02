#include "eval/judged_results.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "eval/coco_eval.h"
#include "eval/id_index.h"

namespace octet {
namespace {

class JudgedResults : public ResultSource {
 public:
  JudgedResults(JudgedCategories judged, std::span<const std::int64_t> listed, const ResultSource& results, std::size_t most_in_image)
      : judged_(std::move(judged)), results_(results), most_in_image_(most_in_image) {
    const IdIndex images(listed);
    for (const std::int64_t id : results.image_ids()) images_.push_back(images.find(id));
  }

  std::span<const std::int64_t> image_ids() const override { return results_.image_ids(); }

  void read(std::size_t place, std::vector<CocoResult>& results) const override {
    results_.read(place, results);
    std::erase_if(results, [](const CocoResult& result) { return std::isnan(result.score); });
    std::ranges::stable_sort(results, std::ranges::greater(), &CocoResult::score);
    results.resize(std::min(results.size(), most_in_image_));
    std::erase_if(results, [&](const CocoResult& result) { return !judged_.contain(images_[place], result.category_id); });
  }

 private:
  JudgedCategories judged_;
  const ResultSource& results_;
  std::size_t most_in_image_;
  std::vector<std::uint32_t> images_;  // of each place, among those that are listed
};

}  // namespace

JudgedCategories::JudgedCategories(const CocoGroundTruth& truth, std::span<const std::int64_t> image_ids) : of_image_(image_ids.size()) {
  const IdIndex images(image_ids);
  for (const CocoVerification& verification : truth.verifications)
    if (const std::uint32_t image = images.find(verification.image_id); image != IdIndex::kNone) of_image_[image] = verification.absent;
  for (const CocoAnnotation& annotation : truth.annotations)
    if (const std::uint32_t image = images.find(annotation.image_id); image != IdIndex::kNone)
      of_image_[image].push_back(annotation.category_id);
  for (auto& categories : of_image_) {
    std::ranges::sort(categories);
    categories.erase(std::unique(categories.begin(), categories.end()), categories.end());
  }
}

bool JudgedCategories::contain(std::size_t image, std::int64_t category_id) const {
  return std::ranges::binary_search(of_image_[image], category_id);
}

Result<std::unique_ptr<const ResultSource>> judged_results(const CocoGroundTruth& truth, const ResultSource& results,
                                                           std::size_t most_in_image) {
  if (truth.verifications.empty())
    return Error{
        ErrorCode::kInvalidArgument,
        "the annotations say of no image which categories were looked for ('neg_category_ids'), so that this metric is not theirs"};
  const ScratchVector<std::int64_t> listed = ids_of(truth).image_ids;
  OCTET_RETURN_IF_ERROR(check_images(results, listed));
  return std::unique_ptr<const ResultSource>(
      std::make_unique<JudgedResults>(JudgedCategories(truth, listed), listed, results, most_in_image));
}

}  // namespace octet
