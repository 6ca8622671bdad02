#include "accuracy/suppression.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace octet::accuracy {
namespace {

double area(const Box& box, double boundary) { return (box.x1 - box.x0 + boundary) * (box.y1 - box.y0 + boundary); }

double shared_area(const Box& a, const Box& b, double boundary) {
  const double width = std::max(0.0, std::min(a.x1, b.x1) - std::max(a.x0, b.x0) + boundary);
  const double height = std::max(0.0, std::min(a.y1, b.y1) - std::max(a.y0, b.y0) + boundary);
  return width * height;
}

double distance_share(const Box& a, const Box& b) {
  constexpr double kPower = 0.6, kTiny = 1e-16;
  const double width = std::max(a.x1, b.x1) - std::min(a.x0, b.x0), height = std::max(a.y1, b.y1) - std::min(a.y0, b.y0);
  const double across = (b.x1 + b.x0) - (a.x1 + a.x0), down = (b.y1 + b.y0) - (a.y1 + a.y0);
  return std::pow((across * across / 4 + down * down / 4) / (width * width + height * height + kTiny), kPower);
}

double measure(const Box& best, const Box& other, const Suppression& suppression) {
  const double boundary = suppression.include_boundaries ? 1 : 0;
  const double shared = shared_area(best, other, boundary), first = area(best, boundary), second = area(other, boundary);
  const double base = suppression.use_min_area ? std::min(first, second) : first + second - shared;
  const double overlap = base != 0 ? shared / base : 0;
  return suppression.by_distance ? overlap - distance_share(best, other) : overlap;
}

// Without boundaries; 0 where the union is empty.
double soft_iou(const Box& a, const Box& b) {
  const double shared = shared_area(a, b, 0), total = std::max(0.0, area(a, 0)) + std::max(0.0, area(b, 0)) - shared;
  return total > 0 ? shared / total : 0;
}

Box weighted_mean(std::span<const Box> boxes, std::span<const std::size_t> group) {
  double sum = 0, x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  for (const std::size_t i : group) {
    const double score = boxes[i].score;
    sum += score;
    x0 += boxes[i].x0 * score, y0 += boxes[i].y0 * score, x1 += boxes[i].x1 * score, y1 += boxes[i].y1 * score;
  }
  return {x0 / sum, y0 / sum, x1 / sum, y1 / sum, static_cast<float>(sum / static_cast<double>(group.size()))};
}

}  // namespace

std::vector<std::size_t> suppress(std::span<const Box> boxes, const Suppression& suppression) {
  std::vector<std::size_t> order = by_reversed_rising_score(boxes), kept;
  if (suppression.keep_top && *suppression.keep_top > 0 && *suppression.keep_top < order.size()) order.resize(*suppression.keep_top);
  while (!order.empty()) {
    const std::size_t best = order.front();
    kept.push_back(best);
    order.erase(order.begin());
    std::erase_if(order, [&](std::size_t other) { return !(measure(boxes[best], boxes[other], suppression) <= suppression.overlap); });
  }
  return kept;
}

void suppress_softly(ImageBoxes& found, const SoftSuppression& suppression) {
  std::vector<std::size_t> candidates(found.boxes.size());
  std::iota(candidates.begin(), candidates.end(), std::size_t{0});
  if (candidates.size() > suppression.keep_top) {
    candidates = by_falling_score(found.boxes);
    candidates.resize(suppression.keep_top);
  }
  std::vector<float> taken_scores;
  std::vector<bool> stays(found.boxes.size());
  while (!candidates.empty()) {
    const auto best = std::ranges::max_element(candidates, {}, [&](std::size_t i) { return found.boxes[i].score; });
    const Box box = found.boxes[*best];
    if (!(box.score >= suppression.min_score)) break;
    taken_scores.push_back(box.score);
    stays[*best] = true;
    candidates.erase(best);
    for (const std::size_t other : candidates) {
      const double iou = soft_iou(box, found.boxes[other]);
      found.boxes[other].score = static_cast<float>(found.boxes[other].score * std::exp(-(iou * iou) / suppression.sigma));
    }
  }
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < stays.size(); ++i)
    if (!stays[i]) gone.push_back(i);
  found.remove(gone);
  for (std::size_t i = 0; i < found.boxes.size(); ++i) found.boxes[i].score = taken_scores[i];
}

void suppress_weighted(ImageBoxes& found, double overlap) {
  if (found.boxes.size() < 2) return;
  const std::vector<Box>& boxes = found.boxes;
  ImageBoxes merged;
  for (std::vector<std::size_t> order = by_reversed_rising_score(boxes); !order.empty();) {
    const std::size_t best = order.front();
    std::vector<std::size_t> group{best}, rest;
    for (const std::size_t other : std::span(order).subspan(1))
      (measure(boxes[best], boxes[other], {.include_boundaries = false}) >= overlap ? group : rest).push_back(other);
    merged.boxes.push_back(weighted_mean(boxes, group));
    merged.boxes.back().label = boxes.front().label;
    order = std::move(rest);
  }
  found = std::move(merged);
}

}  // namespace octet::accuracy
