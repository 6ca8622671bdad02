#include "pair_matcher.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "boxes/box.h"

namespace octet::python {
namespace {

double overlap(const CocoRow& found, const CocoRow& object) {
  if (object.is_crowd == 0) return iou(found.box, object.box);
  const double shared = intersection(found.box, object.box);
  return shared > 0 ? shared / found.box.area() : 0;
}

}  // namespace

void PairMatcher::begin(std::span<const CocoRow> objects, std::span<const CocoRow> found) {
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  objects_ = objects;
  found_ = found;
  overlaps_.clear();
  highest_overlaps_.clear();
  highest_overlap_ = kNone;
  for (const CocoRow& detection : found) {
    double highest = kNone;
    for (const CocoRow& object : objects) {
      overlaps_.push_back(overlap(detection, object));
      highest = std::max(highest, overlaps_.back());
    }
    highest_overlaps_.push_back(highest);
    highest_overlap_ = std::max(highest_overlap_, highest);
  }
}

void PairMatcher::choose_area(const AreaRange& range) {
  is_uncounted_.resize(objects_.size());
  for (std::size_t g = 0; g < objects_.size(); ++g) is_uncounted_[g] = objects_[g].is_crowd != 0 || !range.contains(objects_[g].area);
  order_.resize(objects_.size());
  std::iota(order_.begin(), order_.end(), 0u);
  if (std::ranges::is_sorted(is_uncounted_)) return;
  std::ranges::stable_partition(order_, [&](std::uint32_t g) { return !is_uncounted_[g]; });
}

std::size_t PairMatcher::best_object(std::size_t d, double threshold) const {
  double highest = limit_of(threshold);
  std::size_t best = objects_.size();
  for (const std::uint32_t g : order_) {
    if (is_taken_[g] && objects_[g].is_crowd == 0) continue;
    if (best < objects_.size() && !is_uncounted_[best] && is_uncounted_[g]) break;
    if (overlaps_[d * objects_.size() + g] < highest) continue;
    highest = overlaps_[d * objects_.size() + g];
    best = g;
  }
  return best;
}

}  // namespace octet::python
