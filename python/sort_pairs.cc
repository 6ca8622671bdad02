#include <algorithm>
#include <cmath>
#include <cstddef>

#include "eval/id_index.h"

#include "bindings.h"

namespace octet::python {
namespace {

// A row of a chosen image and category, by their places.
struct Chosen {
  std::uint32_t row = 0, image = 0, category = 0;
  double score = 0;
};

// In the order of falling scores of NumPy, NaN last.
bool scores_more(const Chosen& a, const Chosen& b) { return a.score > b.score || (std::isnan(b.score) && !std::isnan(a.score)); }

// Equal ones keep their order. The place is below `count`.
void sort_by(std::uint32_t Chosen::*place, std::size_t count, std::vector<Chosen>& rows) {
  if (std::ranges::is_sorted(rows, {}, place)) return;
  std::vector<std::size_t> begins(count + 1);
  for (const Chosen& row : rows) ++begins[row.*place + 1];
  for (std::size_t i = 0; i < count; ++i) begins[i + 1] += begins[i];
  std::vector<Chosen> sorted(rows.size());
  for (const Chosen& row : rows) sorted[begins[row.*place]++] = row;
  rows = std::move(sorted);
}

// Most pairs have few detections, and std::stable_sort would allocate for each.
void sort_by_falling_score(std::span<Chosen> rows) {
  constexpr std::size_t kFew = 16;
  if (rows.size() > kFew) return std::stable_sort(rows.begin(), rows.end(), scores_more);
  for (auto row = rows.begin(); row != rows.end(); ++row) std::rotate(std::upper_bound(rows.begin(), row, *row, scores_more), row, row + 1);
}

class PairSorter {
 public:
  explicit PairSorter(const CocoChoice& choice) : choice_(choice), images_(choice.images), categories_(choice.categories) {}

  // By pair, those of one in their order; where categories do not matter by category.
  std::vector<Chosen> operator()(std::span<const CocoRow> rows) const {
    std::vector<Chosen> chosen;
    chosen.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t image = images_.find(rows[i].image_id), category = categories_.find(rows[i].category_id);
      if (image != IdIndex::kNone && category != IdIndex::kNone)
        chosen.push_back({static_cast<std::uint32_t>(i), image, category, rows[i].score});
    }
    if (!choice_.has_categories) sort_by(&Chosen::category, choice_.categories.size(), chosen);
    sort_by(&Chosen::image, choice_.images.size(), chosen);
    if (choice_.has_categories) sort_by(&Chosen::category, choice_.categories.size(), chosen);
    return chosen;
  }

  std::int64_t pair_of(const Chosen& row) const {
    return static_cast<std::int64_t>(choice_.has_categories ? row.category * choice_.images.size() + row.image : row.image);
  }
  // The end of those of a pair, from `begin` on.
  std::size_t end_of(std::int64_t pair, std::size_t begin, std::span<const Chosen> rows) const {
    while (begin < rows.size() && pair_of(rows[begin]) == pair) ++begin;
    return begin;
  }

 private:
  const CocoChoice& choice_;
  IdIndex images_, categories_;
};

}  // namespace

octet_status sort_pairs(const CocoChoice& choice, std::span<const CocoRow> truth, std::span<const CocoRow> found,
                        SortedPairs& sorted) noexcept {
  return v1::guarded([&] {
    const PairSorter sorter(choice);
    const std::vector<Chosen> objects = sorter(truth);
    std::vector<Chosen> detections = sorter(found);
    std::int64_t most = 0;
    for (const std::int64_t count : choice.max_detections) most = std::max(most, count);
    std::size_t t = 0, f = 0;
    while (t < objects.size() || f < detections.size()) {
      const std::int64_t pair = f == detections.size() || (t < objects.size() && sorter.pair_of(objects[t]) < sorter.pair_of(detections[f]))
                                    ? sorter.pair_of(objects[t])
                                    : sorter.pair_of(detections[f]);
      sorted.pairs.push_back(pair);
      sorted.truth_begin.push_back(static_cast<std::int64_t>(sorted.truth.size()));
      sorted.found_begin.push_back(static_cast<std::int64_t>(sorted.found.size()));
      const std::size_t t_end = sorter.end_of(pair, t, objects), f_end = sorter.end_of(pair, f, detections);
      sort_by_falling_score(std::span(detections).subspan(f, f_end - f));
      for (; t < t_end; ++t) sorted.truth.push_back(objects[t].row);
      for (std::int64_t rank = 0; f < f_end; ++f, ++rank)
        if (rank < most) sorted.found.push_back(detections[f].row);
    }
    sorted.truth_begin.push_back(static_cast<std::int64_t>(sorted.truth.size()));
    sorted.found_begin.push_back(static_cast<std::int64_t>(sorted.found.size()));
  });
}

}  // namespace octet::python
