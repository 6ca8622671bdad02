#include "accuracy/boxes.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace octet::accuracy {
namespace {

// NaN is worth less than any number.
bool is_better(const Box& a, const Box& b) { return a.score > b.score || (std::isnan(b.score) && !std::isnan(a.score)); }

}  // namespace

std::vector<bool> ImageBoxes::difficult_mask() const {
  std::vector<bool> mask(boxes.size());
  for (const std::size_t index : difficult) mask[index] = true;
  return mask;
}

void ImageBoxes::remove(std::span<const std::size_t> rising) {
  // A box that goes keeps its mark here, which falls to the one before it. A mark may come to lie before the first box and then counts from
  // behind, as indices do in Python.
  const auto size = static_cast<std::int64_t>(boxes.size() - rising.size());
  std::vector<std::size_t> left;
  std::size_t removed = 0;
  for (std::size_t at = 0; at < difficult.size() && removed < rising.size();) {
    if (difficult[at] >= rising[removed]) {
      ++removed;
      continue;
    }
    std::int64_t index = static_cast<std::int64_t>(difficult[at++]) - static_cast<std::int64_t>(removed);
    if (index < 0) index += size;
    if (index >= 0 && index < size) left.push_back(static_cast<std::size_t>(index));
  }
  difficult = std::move(left);

  std::size_t kept = 0, next = 0;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (next < rising.size() && rising[next] == i)
      ++next;
    else
      boxes[kept++] = boxes[i];
  }
  boxes.resize(kept);
}

std::vector<std::size_t> by_falling_score(std::span<const Box> boxes) {
  std::vector<std::size_t> order(boxes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return is_better(boxes[a], boxes[b]); });
  return order;
}

std::vector<std::size_t> by_reversed_rising_score(std::span<const Box> boxes) {
  std::vector<std::size_t> order(boxes.size());
  std::iota(order.rbegin(), order.rend(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return is_better(boxes[a], boxes[b]); });
  return order;
}

}  // namespace octet::accuracy
