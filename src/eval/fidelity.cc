#include "eval/fidelity.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

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

}  // namespace

CocoGroundTruth truth_of_reference(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids,
                                   double reference_score) {
  std::set<std::int64_t> images(image_ids.begin(), image_ids.end()), categories;
  CocoGroundTruth truth;
  for_each_result(reference, [&](const CocoResult& box) {
    categories.insert(box.category_id);
    if (!(box.score >= reference_score)) return;
    const auto number = static_cast<std::int64_t>(truth.annotations.size()) + 1;
    truth.annotations.push_back({number, box.image_id, box.category_id, box.box, box.box.area(), false});
  });
  for_each_result(results, [&](const CocoResult& box) { categories.insert(box.category_id); });
  for (const ResultSource* side : {&reference, &results})
    if (image_ids.empty()) images.insert(side->image_ids().begin(), side->image_ids().end());
  for (const std::int64_t id : images) truth.images.push_back({.id = id, .file_name = {}});
  for (const std::int64_t id : categories) truth.categories.push_back({id, std::to_string(id)});
  return truth;
}

Result<Fidelity> evaluate_fidelity(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids,
                                   double reference_score, int threads) {
  const CocoGroundTruth truth = truth_of_reference(reference, results, image_ids, reference_score);
  const CocoIds ids = ids_of(truth);
  CocoTally tally;
  OCTET_RETURN_IF_ERROR(for_each_group(results, ids.category_ids, [&](auto group, auto found) -> Status {
    OCTET_ASSIGN(const CocoMatches matches, match_coco(truth, found, {ids.image_ids, {group.begin(), group.end()}}, threads, {}));
    tally.add(matches, truth, threads);
    return {};
  }));
  return Fidelity{tally.accuracy().numbers, static_cast<std::int64_t>(truth.annotations.size())};
}

}  // namespace octet
