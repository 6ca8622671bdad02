#include "eval/score_shift.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace octet {
namespace {

std::int64_t category_of(const CocoResult& box) { return box.category_id; }

// By category, then by falling score.
void sort(std::vector<CocoResult>& boxes) {
  std::erase_if(boxes, [](const CocoResult& box) { return std::isnan(box.score); });
  std::ranges::stable_sort(boxes, [](const CocoResult& a, const CocoResult& b) {
    return a.category_id != b.category_id ? a.category_id < b.category_id : a.score > b.score;
  });
}

// Adds the pairs of one image, whose boxes are sorted. The means are sums here.
void add_pairs(const std::vector<CocoResult>& from, const std::vector<CocoResult>& to, double lowest_score, ScoreShift& sums) {
  constexpr double kLeastOverlap = 0.5;
  std::vector<bool> taken(to.size());
  for (const CocoResult& box : from) {
    if (!(box.score >= lowest_score)) continue;
    const auto [begin, end] = std::ranges::equal_range(to, box.category_id, {}, category_of);
    double highest = kLeastOverlap;
    auto partner = end;
    for (auto other = begin; other != end; ++other) {
      const double overlap = iou(box.box, other->box);
      if (taken[static_cast<std::size_t>(other - to.begin())] || overlap < highest || (partner != end && overlap == highest)) continue;
      highest = overlap;
      partner = other;
    }
    if (partner == end) continue;
    taken[static_cast<std::size_t>(partner - to.begin())] = true;
    ++sums.pairs;
    sums.mean += partner->score - box.score;
    sums.mean_absolute += std::abs(partner->score - box.score);
  }
}

}  // namespace

ScoreShift score_shift(const ResultSource& first, const ResultSource& second, double lowest_score) {
  ScoreShift shift;
  std::vector<CocoResult> from, to;
  const auto others = second.image_ids();
  for (std::size_t place = 0; place < first.image_ids().size(); ++place) {
    const std::int64_t id = first.image_ids()[place];
    const auto other = std::ranges::lower_bound(others, id);
    if (other == others.end() || *other != id) continue;
    first.read(place, from);
    second.read(static_cast<std::size_t>(other - others.begin()), to);
    sort(from);
    sort(to);
    add_pairs(from, to, lowest_score, shift);
  }
  if (shift.pairs > 0) {
    shift.mean /= static_cast<double>(shift.pairs);
    shift.mean_absolute /= static_cast<double>(shift.pairs);
  }
  return shift;
}

}  // namespace octet
