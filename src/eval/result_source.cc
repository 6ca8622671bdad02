#include "eval/result_source.h"

#include <algorithm>
#include <numeric>
#include <string>

namespace octet {

ResultList::ResultList(std::span<const CocoResult> results) : results_(results), order_(results.size()) {
  std::iota(order_.begin(), order_.end(), std::uint32_t{0});
  const auto image_of = [this](std::uint32_t i) { return results_[i].image_id; };
  if (!std::ranges::is_sorted(order_, {}, image_of)) std::ranges::stable_sort(order_, {}, image_of);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    if (i > 0 && image_of(order_[i]) == image_ids_.back()) continue;
    image_ids_.push_back(image_of(order_[i]));
    begin_.push_back(i);
  }
  begin_.push_back(order_.size());
}

void ResultList::read(std::size_t place, std::vector<CocoResult>& results) const {
  results.clear();
  for (std::size_t i = begin_[place]; i < begin_[place + 1]; ++i) results.push_back(results_[order_[i]]);
}

Status check_images(const ResultSource& source, std::span<const std::int64_t> listed) {
  for (const std::int64_t id : source.image_ids())
    if (!std::ranges::binary_search(listed, id))
      return Error{ErrorCode::kMalformed,
                   "a result is of image " + std::to_string(id) + ", which the annotations do not list; are they of the same data set?"};
  return {};
}

}  // namespace octet
