#include "data/class_map.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>

namespace octet {
namespace {

std::vector<std::int64_t> coco91_ids(std::size_t count) {
  std::vector<std::int64_t> ids(count);
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

// Where every category bears the name of one class: the category of each class. A class without one gets an id that no
// category has, so that what is found of it is neither right nor wrong.
std::optional<std::vector<std::int64_t>> ids_by_name(const ModelClasses& classes, std::span<const CocoCategory> categories) {
  std::map<std::string_view, std::int64_t> id_of;
  std::set<std::int64_t> used;
  for (const CocoCategory& category : categories) {
    const bool is_new = id_of.emplace(category.name, category.id).second;
    if (!is_new || std::ranges::count(classes.labels, category.name) != 1) return std::nullopt;
    used.insert(category.id);
  }
  if (id_of.empty()) return std::nullopt;
  std::vector<std::int64_t> ids;
  std::int64_t unused = 0;
  for (const std::string& label : classes.labels) {
    const auto found = id_of.find(label);
    if (found != id_of.end()) {
      ids.push_back(found->second);
      continue;
    }
    do ++unused;
    while (used.contains(unused));
    ids.push_back(unused);
  }
  if (classes.has_background) ids[0] = kNoCategory;
  return ids;
}

// An error if a class that its number gives to one category bears the name of another: every figure would be wrong.
Status check_names(const ModelClasses& classes, std::span<const std::int64_t> ids, std::span<const CocoCategory> categories) {
  for (std::size_t i = 0; i < std::min(ids.size(), classes.labels.size()); ++i) {
    const auto named = std::ranges::find(categories, classes.labels[i], &CocoCategory::name);
    if (named == categories.end() || named->id == ids[i]) continue;
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("category {} is named '{}' as class {} of the model is, but its number makes that class category {}; give "
                             "every category the name of its class",
                             named->id, named->name, i, ids[i])};
  }
  return {};
}

}  // namespace

Result<std::vector<std::int64_t>> category_ids(const ModelClasses& classes, std::span<const CocoCategory> categories) {
  const auto named = ids_by_name(classes, categories);
  if (classes.numbered_as_coco) {
    const auto ids = coco91_ids(classes.count);
    const Status agrees = check_names(classes, ids, categories);
    if (agrees.ok()) return ids;
    if (!named) return agrees.error();
  }
  if (named && named->size() == classes.count) return *named;
  std::vector<std::int64_t> ids;
  if (classes.has_background) ids.push_back(kNoCategory);
  if (classes.is_count_known && categories.size() + ids.size() < classes.count)
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("the model has {} classes, the annotations only {} categories, and not all bear the name of a class",
                             classes.count - ids.size(), categories.size())};
  for (const CocoCategory& category : categories) ids.push_back(category.id);
  std::sort(ids.end() - static_cast<std::ptrdiff_t>(categories.size()), ids.end());
  ids.resize(classes.count, kNoCategory);
  OCTET_RETURN_IF_ERROR(check_names(classes, ids, categories));
  return ids;
}

}  // namespace octet
