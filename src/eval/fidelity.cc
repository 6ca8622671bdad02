#include "eval/fidelity.h"

#include <set>
#include <string>

namespace octet {

CocoGroundTruth truth_from_results(std::span<const CocoResult> reference, std::span<const CocoResult> results,
                                   std::span<const std::int64_t> image_ids, double reference_score) {
  std::set<std::int64_t> images(image_ids.begin(), image_ids.end()), categories;
  for (const auto& side : {reference, results}) {
    for (const CocoResult& box : side) {
      categories.insert(box.category_id);
      if (image_ids.empty()) images.insert(box.image_id);
    }
  }
  CocoGroundTruth truth;
  for (const std::int64_t id : images) truth.images.push_back({.id = id, .file_name = {}});
  for (const std::int64_t id : categories) truth.categories.push_back({id, std::to_string(id)});
  for (const CocoResult& box : reference) {
    if (!(box.score >= reference_score)) continue;
    const auto number = static_cast<std::int64_t>(truth.annotations.size()) + 1;
    truth.annotations.push_back({number, box.image_id, box.category_id, box.box, box.box.area(), false});
  }
  return truth;
}

Result<Fidelity> evaluate_fidelity(std::span<const CocoResult> reference, std::span<const CocoResult> results,
                                   std::span<const std::int64_t> image_ids, double reference_score, int threads) {
  const CocoGroundTruth truth = truth_from_results(reference, results, image_ids, reference_score);
  OCTET_ASSIGN(CocoAccuracy accuracy, evaluate_coco(truth, results, threads));
  return Fidelity{accuracy.numbers, static_cast<std::int64_t>(truth.annotations.size())};
}

}  // namespace octet
