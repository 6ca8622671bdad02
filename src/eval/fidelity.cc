#include "eval/fidelity.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/spilled_lists.h"
#include "eval/by_category.h"
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

template <typename Ids>
Ids sorted(Ids ids) {
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// The images that count, and the categories that either side names.
CocoIds ids_in(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids) {
  ScratchVector<std::int64_t> images(image_ids.begin(), image_ids.end());
  std::unordered_set<std::int64_t> categories;
  for (const ResultSource* side : {&reference, &results}) {
    for_each_result(*side, [&](const CocoResult& box) { categories.insert(box.category_id); });
    if (image_ids.empty()) images.insert(images.end(), side->image_ids().begin(), side->image_ids().end());
  }
  return {sorted(std::move(images)), sorted(std::vector(categories.begin(), categories.end()))};
}

// What the reference takes for certain, by category; read from one image to the next.
class ReferenceBoxes : public AnnotatedBoxes {
 public:
  ReferenceBoxes(const ResultSource& reference, const CocoIds& ids, double lowest_score)
      : boxes_(ids.category_ids.size()), next_(ids.category_ids.size()) {
    const IdIndex images(ids.image_ids), categories(ids.category_ids);
    for_each_result(reference, [&](const CocoResult& box) {
      const std::uint32_t image = box.score >= lowest_score ? images.find(box.image_id) : IdIndex::kNone;
      if (image == IdIndex::kNone) return;
      boxes_.add(categories.find(box.category_id), {image, box.box, box.box.area()});
      ++count_;
    });
  }

  std::int64_t count() const { return count_; }

  void read(std::size_t category, ImageRange images, std::vector<TruthBox>& boxes) override {
    constexpr std::size_t kAtOnce = 4096;
    boxes.clear();
    std::size_t& next = next_[category];
    std::vector<TruthBox> some;
    while (next < boxes_.count(category)) {
      boxes_.read(some, category, next, std::min(kAtOnce, boxes_.count(category) - next));
      const auto end = std::ranges::lower_bound(some, images.end, {}, &TruthBox::image);
      boxes.insert(boxes.end(), some.begin(), end);
      next += static_cast<std::size_t>(end - some.begin());
      if (end != some.end()) break;
    }
  }

 private:
  SpilledLists<TruthBox> boxes_;
  std::vector<std::size_t> next_;  // of each category, the first that was not read
  std::int64_t count_ = 0;
};

}  // namespace

CocoGroundTruth truth_of_reference(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids,
                                   double reference_score) {
  const CocoIds ids = ids_in(reference, results, image_ids);
  CocoGroundTruth truth;
  for_each_result(reference, [&](const CocoResult& box) {
    if (box.score >= reference_score)
      truth.annotations.push_back(
          {static_cast<std::int64_t>(truth.annotations.size()) + 1, box.image_id, box.category_id, box.box, box.box.area(), false});
  });
  for (const std::int64_t id : ids.image_ids) truth.images.push_back({.id = id, .file_name = {}});
  for (const std::int64_t id : ids.category_ids) truth.categories.push_back({id, std::to_string(id)});
  return truth;
}

Result<Fidelity> evaluate_fidelity(const ResultSource& reference, const ResultSource& results, std::span<const std::int64_t> image_ids,
                                   double reference_score, int threads) {
  const CocoIds ids = ids_in(reference, results, image_ids);
  ReferenceBoxes boxes(reference, ids, reference_score);
  OCTET_ASSIGN(const FoundBoxes found, FoundBoxes::of(results, ids));
  CocoTally tally;
  match_by_category(boxes, found, ids, threads, {}, {},
                    [&](auto category_ids, auto matches) { tally.add(category_ids, matches, {}, threads); });
  return Fidelity{tally.accuracy().numbers, boxes.count()};
}

}  // namespace octet
