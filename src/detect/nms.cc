#include "detect/nms.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace octet {
namespace {

double squared(double x) { return x * x; }

// (d² / c²)^power: 0 for boxes around one centre, towards 1 the further they are apart.
double distance_term(const Candidate& a, const Candidate& b, double power) {
  const double centres = squared((a.x0 + a.x1 - b.x0 - b.x1) / 2) + squared((a.y0 + a.y1 - b.y0 - b.y1) / 2);
  const double diagonal = squared(std::max(a.x1, b.x1) - std::min(a.x0, b.x0)) + squared(std::max(a.y1, b.y1) - std::min(a.y0, b.y0));
  return diagonal > 0 ? std::pow(centres / diagonal, power) : 0;
}

bool overlaps(const Candidate& a, const Candidate& b, const Suppression& suppression) {
  const double shared = shared_area(a, b);
  if (shared <= 0) return false;
  const double both = area(a) + area(b) - shared, limit = suppression.iou_limit, power = suppression.distance_power;
  if (power == 0) return shared > limit * both;
  return shared / both - distance_term(a, b, power) > limit;
}

}  // namespace

std::vector<Candidate> suppress_overlaps(std::span<const Candidate> candidates, const Suppression& suppression, std::size_t most) {
  std::vector<Candidate> ordered(candidates.begin(), candidates.end());
  const auto group_of = [&](const Candidate& candidate) { return suppression.across_classes ? 0 : candidate.class_index; };
  std::ranges::stable_sort(ordered, [&](const Candidate& a, const Candidate& b) {
    return std::tuple(group_of(a), -a.score) < std::tuple(group_of(b), -b.score);
  });

  std::vector<Candidate> kept;
  std::size_t group_begin = 0;  // in `kept`
  for (const Candidate& candidate : ordered) {
    if (kept.size() > group_begin && group_of(kept.back()) != group_of(candidate)) group_begin = kept.size();
    const std::span<const Candidate> rivals = std::span(kept).subspan(group_begin);
    if (rivals.size() >= most) continue;
    const auto suppresses = [&](const Candidate& rival) { return overlaps(rival, candidate, suppression); };
    if (std::ranges::none_of(rivals, suppresses)) kept.push_back(candidate);
  }
  return best_scored(std::move(kept), most);
}

std::vector<Candidate> best_scored(std::vector<Candidate> candidates, std::size_t most) {
  std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
    return std::tuple(-a.score, a.class_index) < std::tuple(-b.score, b.class_index);
  });
  candidates.resize(std::min(candidates.size(), most));
  return candidates;
}

}  // namespace octet
