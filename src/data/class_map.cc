#include "data/class_map.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "model/class_names.h"
#include "data/coco_categories.h"
#include "data/words.h"

namespace octet {
namespace {

std::size_t first_class(const ModelClasses& classes) { return classes.has_background ? 1 : 0; }

// The index of the class with that id in a model that is numbered as COCO; past all classes where it has none.
std::size_t index_of_coco(const ModelClasses& classes, std::int64_t id) {
  return id < *classes.coco_id_of_first ? classes.count : static_cast<std::size_t>(id - *classes.coco_id_of_first);
}

// Whether the class of each of COCO's ids bears the name of that category; so in a model that is numbered as COCO and has no labels.
bool is_coco_by_number(const ModelClasses& classes) {
  if (!classes.coco_id_of_first || classes.labels.empty()) return classes.coco_id_of_first.has_value();
  return std::ranges::all_of(coco_categories(), [&](const CocoCategory& category) {
    const std::size_t index = index_of_coco(classes, category.id);
    return index < classes.labels.size() && is_same_class_name(classes.labels[index], category.name);
  });
}

// The labels of all `count` classes, "" where unknown. A model that is numbered as COCO and has none has COCO's.
std::vector<std::string> labels_of_all(const ModelClasses& classes) {
  std::vector<std::string> labels = classes.labels;
  labels.resize(classes.count);
  if (!classes.labels.empty() || !classes.coco_id_of_first) return labels;
  for (const CocoCategory& category : coco_categories())
    if (const std::size_t index = index_of_coco(classes, category.id); index < labels.size()) labels[index] = category.name;
  return labels;
}

// --- Matching ---

using Categories = std::vector<const CocoCategory*>;

Categories pointers_to(std::span<const CocoCategory> categories) {
  Categories pointers;
  for (const CocoCategory& category : categories) pointers.push_back(&category);
  return pointers;
}

bool is_annotated(const CocoCategory* category) { return category->annotations > 0; }

class NameMatcher {
 public:
  NameMatcher(std::span<const std::string> labels, std::size_t first, std::span<const CocoCategory> categories)
      : labels_(labels), first_(first), free_(pointers_to(categories)), category_of_(labels.size()) {}

  // The category of each class, null where it has none.
  Result<Categories> match() {
    leave_out_empty_namesakes();
    for (const NameForm form : {NameForm::kAsWritten, NameForm::kFolded, NameForm::kAsInCoco}) OCTET_RETURN_IF_ERROR(match_in(form));
    return std::move(category_of_);
  }

 private:
  void leave_out_empty_namesakes() {
    std::set<std::string> annotated;
    for (const CocoCategory* category : free_)
      if (is_annotated(category)) annotated.insert(class_name(category->name, NameForm::kFolded));
    std::erase_if(free_, [&](const CocoCategory* category) {
      return !is_annotated(category) && annotated.contains(class_name(category->name, NameForm::kFolded));
    });
  }

  Status match_in(NameForm form) {
    std::map<std::string, Categories> groups;
    for (const CocoCategory* category : free_) groups[class_name(category->name, form)].push_back(category);
    for (std::size_t i = first_; i < labels_.size(); ++i) {
      if (category_of_[i] || class_name(labels_[i], NameForm::kFolded).empty()) continue;
      const auto found = groups.find(class_name(labels_[i], form));
      if (found == groups.end()) continue;
      OCTET_ASSIGN(category_of_[i], one_of(found->second, labels_[i]));
    }
    const std::set<const CocoCategory*> taken(category_of_.begin(), category_of_.end());
    std::erase_if(free_, [&](const CocoCategory* category) { return taken.contains(category); });
    return {};
  }

  static Result<const CocoCategory*> one_of(const Categories& group, const std::string& label) {
    const auto first = std::ranges::find_if(group, is_annotated);
    if (first == group.end()) return group[0];
    const auto second = std::find_if(std::next(first), group.end(), is_annotated);
    if (second == group.end()) return *first;
    return Error{ErrorCode::kMalformed, fmt::format("the class '{}' has the name of the categories {} ('{}') and {} ('{}'), and both have "
                                                    "annotations; give each category a name of its own",
                                                    label, (*first)->id, (*first)->name, (*second)->id, (*second)->name)};
  }

  std::span<const std::string> labels_;
  std::size_t first_;
  Categories free_, category_of_;
};

Categories match_by_number(const ModelClasses& classes, std::span<const CocoCategory> categories) {
  const std::size_t first = first_class(classes);
  const auto is_class = [&](const CocoCategory& category) {
    const std::size_t index = index_of_coco(classes, category.id);
    return index >= first && index < classes.count;
  };
  const bool numbers_are_ids = is_coco_by_number(classes) && std::ranges::all_of(categories, is_class);
  Categories order = pointers_to(categories), category_of(classes.count);
  std::ranges::sort(order, {}, &CocoCategory::id);
  for (std::size_t n = 0; n < order.size(); ++n) {
    const std::size_t index = numbers_are_ids ? index_of_coco(classes, order[n]->id) : first + n;
    if (index < category_of.size()) category_of[index] = order[n];
  }
  return category_of;
}

// --- The map ---

std::string name_of(std::span<const std::string> labels, std::size_t index) {
  return labels[index].empty() ? fmt::format("class {}", index) : labels[index];
}

// Classes that are no news where they have no category: the background, the numbers that COCO never gave to a category, and
// those of which nobody knows whether the model has them.
bool stands_for_nothing(const ModelClasses& classes, std::span<const std::string> labels, std::size_t index, bool is_coco) {
  if (index < first_class(classes) || (labels[index].empty() && !classes.is_count_known)) return true;
  if (!is_coco) return false;
  const std::int64_t id = static_cast<std::int64_t>(index) + *classes.coco_id_of_first;
  return std::ranges::find(coco_categories(), id, &CocoCategory::id) == coco_categories().end();
}

ClassMap map_from(ClassRule rule, const ModelClasses& classes, std::span<const std::string> labels,
                  std::span<const CocoCategory> categories, const Categories& category_of) {
  const bool is_coco = is_coco_by_number(classes);
  ClassMap map{.rule = rule};
  std::set<std::int64_t> used, measured;
  for (const CocoCategory& category : categories) used.insert(category.id);
  std::int64_t unused = 0;
  for (std::size_t i = 0; i < category_of.size(); ++i) {
    const CocoCategory* category = category_of[i];
    if (!category) {
      do ++unused;
      while (used.contains(unused));
      map.category_ids.push_back(unused);
      if (!stands_for_nothing(classes, labels, i, is_coco)) map.classes_without_category.push_back(name_of(labels, i));
      continue;
    }
    map.category_ids.push_back(category->id);
    measured.insert(category->id);
    if (rule == ClassRule::kNumber || !is_plainly_same_class_name(labels[i], category->name))
      map.pairs.push_back(fmt::format("{} is {}", name_of(labels, i), category->name));
  }
  for (const CocoCategory& category : categories)
    if (!measured.contains(category.id)) map.categories_without_class.push_back(category.name);
  map.measured_ids.assign(measured.begin(), measured.end());
  return map;
}

// Ids for a data set of which nothing is known.
Result<ClassMap> own_ids(const ModelClasses& classes) {
  OCTET_ASSIGN(const ClassMap coco, map_classes(classes, coco_categories()));
  if (coco.rule == ClassRule::kName && coco.categories_without_class.empty())
    return ClassMap{.rule = ClassRule::kCoco, .category_ids = coco.category_ids};
  ClassMap map{.rule = ClassRule::kOrder};
  for (std::size_t i = 0; i < classes.count; ++i) map.category_ids.push_back(static_cast<std::int64_t>(i + 1 - first_class(classes)));
  return map;
}

}  // namespace

Result<ClassMap> map_classes(const ModelClasses& classes, std::span<const CocoCategory> categories) {
  if (categories.empty()) return own_ids(classes);
  const std::vector<std::string> labels = labels_of_all(classes);
  OCTET_ASSIGN(const Categories by_name, NameMatcher(labels, first_class(classes), categories).match());
  const bool has_any = std::ranges::any_of(by_name, [](const CocoCategory* category) { return category != nullptr; });
  return has_any ? map_from(ClassRule::kName, classes, labels, categories, by_name)
                 : map_from(ClassRule::kNumber, classes, labels, categories, match_by_number(classes, categories));
}

std::vector<std::string> remarks_on(const ClassMap& map) {
  constexpr std::size_t kMostPairs = 12;
  std::vector<std::string> lines;
  const bool is_complete = map.classes_without_category.empty() && map.categories_without_class.empty();
  if (map.rule == ClassRule::kNumber)
    lines.push_back("no class has the name of a category, so classes go to categories by number: " + first_few(map.pairs, kMostPairs) +
                    "; name the classes (--labels FILE) if that is wrong");
  else if (!map.pairs.empty())
    lines.push_back("classes go to categories by name, in another spelling: " + first_few(map.pairs, kMostPairs));
  else if (!is_complete)
    lines.push_back("classes go to categories by name");
  if (const auto& names = map.categories_without_class; !names.empty())
    lines.push_back(names.size() == 1
                        ? "1 category has no class and counts in no mean: " + names[0]
                        : fmt::format("{} categories have no class and count in no mean: {}", names.size(), first_few(names)));
  if (const auto& names = map.classes_without_category; !names.empty())
    lines.push_back(fmt::format("{} no category, so what is found of {} is neither right nor wrong: {}",
                                names.size() == 1 ? "1 class has" : fmt::format("{} classes have", names.size()),
                                names.size() == 1 ? "it" : "them", first_few(names)));
  return lines;
}

}  // namespace octet
