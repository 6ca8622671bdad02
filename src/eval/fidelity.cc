#include "eval/fidelity.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/spilled_lists.h"
#include "eval/id_index.h"

namespace octet {
namespace {

template <typename Visit>
void for_each_result(const ResultSource& source, Visit visit) {
  std::vector<CocoResult> results;
  for (std::size_t place = 0; place < source.image_ids().size(); ++place) {
    source.read(place, results);
    for (const CocoResult& result : results) visit(result);
  }
}

std::vector<std::int64_t> sorted(std::vector<std::int64_t> ids) {
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// The images that count, and the categories that either side names.
CocoIds ids_in(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids) {
  std::vector<std::int64_t> images(image_ids.begin(), image_ids.end());
  std::unordered_set<std::int64_t> categories;
  for (const ResultSource* side : {&reference, &results}) {
    for_each_result(*side, [&](const CocoResult& box) { categories.insert(box.category_id); });
    if (image_ids.empty()) images.insert(images.end(), side->image_ids().begin(), side->image_ids().end());
  }
  return {sorted(std::move(images)), sorted({categories.begin(), categories.end()})};
}

// What the reference takes for certain, by category.
class ReferenceBoxes {
 public:
  ReferenceBoxes(const ResultSource& reference, std::span<const std::int64_t> category_ids, double lowest_score)
      : categories_(category_ids), boxes_(category_ids.size()) {
    for_each_result(reference, [&](const CocoResult& box) {
      if (!(box.score >= lowest_score)) return;
      boxes_.add(categories_.find(box.category_id), {++count_, box.image_id, box.category_id, box.box, box.box.area(), false});
    });
  }

  std::int64_t count() const { return count_; }

  CocoGroundTruth truth_of(std::span<const std::int64_t> category_ids) const {
    CocoGroundTruth truth;
    for (const std::int64_t id : category_ids) boxes_.append_to(truth.annotations, categories_.find(id));
    return truth;
  }

 private:
  IdIndex categories_;
  SpilledLists<CocoAnnotation> boxes_;
  std::int64_t count_ = 0;
};

}  // namespace

CocoGroundTruth truth_of_reference(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids,
                                   double reference_score) {
  const CocoIds ids = ids_in(reference, results, image_ids);
  CocoGroundTruth truth = ReferenceBoxes(reference, ids.category_ids, reference_score).truth_of(ids.category_ids);
  for (const std::int64_t id : ids.image_ids) truth.images.push_back({.id = id, .file_name = {}});
  for (const std::int64_t id : ids.category_ids) truth.categories.push_back({id, std::to_string(id)});
  return truth;
}

Result<Fidelity> evaluate_fidelity(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids,
                                   double reference_score, int threads) {
  const CocoIds ids = ids_in(reference, results, image_ids);
  const ReferenceBoxes boxes(reference, ids.category_ids, reference_score);
  CocoTally tally;
  OCTET_RETURN_IF_ERROR(for_each_group(results, ids.category_ids, [&](auto group, auto found) -> Status {
    const CocoGroundTruth truth = boxes.truth_of(group);
    OCTET_ASSIGN(const CocoMatches matches, match_coco(truth, found, {ids.image_ids, {group.begin(), group.end()}}, threads, {}));
    tally.add(matches, truth, threads);
    return {};
  }));
  return Fidelity{tally.accuracy().numbers, boxes.count()};
}

}  // namespace octet
