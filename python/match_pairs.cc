#include <algorithm>
#include <cstddef>

#include "base/cpu.h"
#include "base/parallel.h"
#include "boxes/box.h"
#include "eval/matching.h"

#include "bindings.h"

// COCO's matching for any thresholds and ranges of areas, by the text of its definition. eval/matching.h has its own thresholds, in bits.
namespace octet::python {
namespace {

double overlap(const CocoRow& found, const CocoRow& object) {
  if (object.is_crowd == 0) return iou(found.box, object.box);
  const double shared = intersection(found.box, object.box);
  return shared > 0 ? shared / found.box.area() : 0;
}

// One pair at a time; memory is kept from one to the next.
class PairMatcher {
 public:
  PairMatcher(const CocoPairs& pairs, std::span<const double> thresholds, std::span<const double> areas, const CocoMeetings& meetings)
      : pairs_(pairs), thresholds_(thresholds), areas_(areas), meetings_(meetings) {}

  void match(std::size_t pair) {
    first_object_ = static_cast<std::size_t>(pairs_.truth_begin[pair]);
    first_found_ = static_cast<std::size_t>(pairs_.found_begin[pair]);
    objects_ = pairs_.truth.subspan(first_object_, static_cast<std::size_t>(pairs_.truth_begin[pair + 1]) - first_object_);
    found_ = pairs_.found.subspan(first_found_, static_cast<std::size_t>(pairs_.found_begin[pair + 1]) - first_found_);
    overlaps_.clear();
    for (const CocoRow& detection : found_)
      for (const CocoRow& object : objects_) overlaps_.push_back(overlap(detection, object));
    for (std::size_t a = 0; a < areas_.size() / 2; ++a) {
      sort_uncounted_last(a);
      for (std::size_t t = 0; t < thresholds_.size(); ++t) match_at(a, t);
    }
  }

 private:
  void sort_uncounted_last(std::size_t a) {
    const AreaRange range{areas_[2 * a], areas_[2 * a + 1]};
    is_uncounted_.resize(objects_.size());
    for (std::size_t g = 0; g < objects_.size(); ++g) is_uncounted_[g] = objects_[g].is_crowd != 0 || !range.contains(objects_[g].area);
    order_ = meetings_.order.subspan(a * pairs_.truth.size() + first_object_, objects_.size());
    for (std::size_t g = 0; g < order_.size(); ++g) order_[g] = static_cast<std::int32_t>(first_object_ + g);
    std::ranges::stable_partition(order_, [&](std::int32_t g) { return !is_uncounted_[static_cast<std::size_t>(g) - first_object_]; });
  }

  void match_at(std::size_t a, std::size_t t) {
    const std::size_t row = a * thresholds_.size() + t;
    const auto taken = meetings_.taken.subspan(row * pairs_.truth.size() + first_object_, objects_.size());
    is_taken_.assign(objects_.size(), 0);
    std::ranges::fill(taken, -1);
    for (std::size_t d = 0; d < found_.size(); ++d) {
      const std::size_t at = row * pairs_.found.size() + first_found_ + d, best = best_object(d, thresholds_[t]);
      const bool has_met = best < objects_.size();
      meetings_.met[at] = has_met ? static_cast<std::int32_t>(first_object_ + best) : -1;
      meetings_.met_uncounted[at] = has_met && is_uncounted_[best];
      if (!has_met) continue;
      taken[best] = static_cast<std::int32_t>(first_found_ + d);
      is_taken_[best] = found_[d].id > 0;  // COCO's code takes another id for no detection
    }
  }

  // The index of the object that a detection takes; that of none behind them all.
  std::size_t best_object(std::size_t d, double threshold) const {
    double highest = std::min(threshold, 1 - 1e-10);
    std::size_t best = objects_.size();
    for (const std::int32_t place : order_) {
      const std::size_t g = static_cast<std::size_t>(place) - first_object_;
      if (is_taken_[g] && objects_[g].is_crowd == 0) continue;
      if (best < objects_.size() && !is_uncounted_[best] && is_uncounted_[g]) break;
      if (overlaps_[d * objects_.size() + g] < highest) continue;
      highest = overlaps_[d * objects_.size() + g];
      best = g;
    }
    return best;
  }

  CocoPairs pairs_;
  std::span<const double> thresholds_, areas_;
  CocoMeetings meetings_;
  std::size_t first_object_ = 0, first_found_ = 0;
  std::span<const CocoRow> objects_, found_;
  std::vector<double> overlaps_;  // row: detection, column: object
  std::vector<char> is_uncounted_, is_taken_;
  std::span<std::int32_t> order_;
};

}  // namespace

octet_status match_pairs(const CocoPairs& pairs, std::span<const double> thresholds, std::span<const double> areas,
                         const CocoMeetings& meetings) noexcept {
  return v1::guarded([&] {
    const int threads = available_threads();
    std::vector<PairMatcher> matchers(static_cast<std::size_t>(threads), PairMatcher(pairs, thresholds, areas, meetings));
    const std::size_t count = pairs.truth_begin.size() - 1, block = 256;
    parallel_for_each(threads, (count + block - 1) / block, [&](int worker, std::size_t i) {
      for (std::size_t pair = i * block; pair < std::min(count, (i + 1) * block); ++pair)
        matchers[static_cast<std::size_t>(worker)].match(pair);
    });
  });
}

}  // namespace octet::python
