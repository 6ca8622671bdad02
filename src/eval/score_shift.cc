#include "eval/score_shift.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

namespace octet {
namespace {

auto place_of(const CocoResult& box) { return std::tuple(box.image_id, box.category_id); }

// By image and category, then by falling score.
std::vector<CocoResult> sorted(std::span<const CocoResult> boxes) {
  std::vector<CocoResult> list(boxes.begin(), boxes.end());
  std::erase_if(list, [](const CocoResult& box) { return std::isnan(box.score); });
  std::ranges::stable_sort(list, [](const CocoResult& a, const CocoResult& b) {
    return place_of(a) != place_of(b) ? place_of(a) < place_of(b) : a.score > b.score;
  });
  return list;
}

}  // namespace

ScoreShift score_shift(std::span<const CocoResult> first, std::span<const CocoResult> second, double lowest_score) {
  constexpr double kLeastOverlap = 0.5;
  const std::vector<CocoResult> from = sorted(first), to = sorted(second);
  std::vector<bool> taken(to.size());
  ScoreShift shift;
  for (const CocoResult& box : from) {
    if (!(box.score >= lowest_score)) continue;
    const auto [begin, end] = std::ranges::equal_range(to, place_of(box), {}, place_of);
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
    ++shift.pairs;
    shift.mean += partner->score - box.score;
    shift.mean_absolute += std::abs(partner->score - box.score);
  }
  if (shift.pairs > 0) {
    shift.mean /= static_cast<double>(shift.pairs);
    shift.mean_absolute /= static_cast<double>(shift.pairs);
  }
  return shift;
}

}  // namespace octet
