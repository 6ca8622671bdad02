#include "eval/result_source.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "base/spilled_lists.h"
#include "eval/id_index.h"

namespace octet {
namespace {

constexpr std::size_t kMostGroups = 64;

SpilledLists<CocoResult> by_category(const ResultSource& source, std::span<const std::int64_t> category_ids) {
  const IdIndex categories(category_ids);
  SpilledLists<CocoResult> lists(category_ids.size());
  std::vector<CocoResult> results;
  for (std::size_t place = 0; place < source.image_ids().size(); ++place) {
    source.read(place, results);
    for (const CocoResult& result : results)
      if (const std::uint32_t category = categories.find(result.category_id); category != IdIndex::kNone) lists.add(category, result);
  }
  return lists;
}

// Where a group that begins at `begin` ends.
std::size_t end_of_group(const SpilledLists<CocoResult>& lists, std::size_t begin, std::size_t most) {
  std::size_t results = 0, end = begin;
  while (end < lists.size() && (end == begin || results + lists.count(end) <= most)) results += lists.count(end++);
  return end;
}

}  // namespace

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

Status for_each_group(const ResultSource& source, std::span<const std::int64_t> category_ids, const GroupVisitor& visit,
                      std::size_t together) {
  const SpilledLists<CocoResult> lists = by_category(source, category_ids);
  std::size_t all = 0;
  for (std::size_t k = 0; k < lists.size(); ++k) all += lists.count(k);
  std::vector<CocoResult> results;
  for (std::size_t begin = 0; begin < lists.size();) {
    const std::size_t end = end_of_group(lists, begin, std::max(together, all / kMostGroups));
    results.clear();
    for (std::size_t k = begin; k < end; ++k) lists.append_to(results, k);
    OCTET_RETURN_IF_ERROR(visit(category_ids.subspan(begin, end - begin), results));
    begin = end;
  }
  return {};
}

}  // namespace octet
