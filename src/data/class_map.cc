#include "data/class_map.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "data/coco_categories.h"

namespace octet {
namespace {

// --- Names ---

std::string as_written(std::string_view name) { return std::string(name); }

// Without case, blanks, hyphens and underscores.
std::string folded(std::string_view name) {
  std::string key;
  for (const unsigned char letter : name)
    if (!std::isspace(letter) && letter != '-' && letter != '_') key.push_back(static_cast<char>(std::tolower(letter)));
  return key;
}

struct Spelling {
  std::string_view darknet, coco;
};
constexpr Spelling kSpellings[] = {{"motorbike", "motorcycle"}, {"aeroplane", "airplane"},       {"sofa", "couch"},
                                   {"tvmonitor", "tv"},         {"pottedplant", "potted plant"}, {"diningtable", "dining table"}};

// Folded, and Darknet's names of COCO's categories as COCO's own.
std::string in_cocos_spelling(std::string_view name) {
  const std::string key = folded(name);
  const auto known = std::ranges::find(kSpellings, key, &Spelling::darknet);
  return known != std::end(kSpellings) ? folded(known->coco) : key;
}

// Equal, or one name of COCO's in the two spellings that everybody knows.
bool is_plainly_same(std::string_view a, std::string_view b) {
  return a == b || std::ranges::any_of(kSpellings, [&](const Spelling& known) {
           return (known.darknet == a && known.coco == b) || (known.darknet == b && known.coco == a);
         });
}

using NameKey = std::string (*)(std::string_view);
constexpr std::array<NameKey, 3> kNameKeys = {as_written, folded, in_cocos_spelling};  // the strictest first

// --- Classes ---

std::string_view label_at(const ModelClasses& classes, std::size_t index) {
  return index < classes.labels.size() ? std::string_view(classes.labels[index]) : std::string_view();
}

// Whether the class of each of COCO's ids bears the name of that category.
bool has_labels_of_coco(const ModelClasses& classes) {
  return std::ranges::all_of(coco_categories(), [&](const CocoCategory& category) {
    return is_same_class_name(label_at(classes, static_cast<std::size_t>(category.id)), category.name);
  });
}

// The labels of all `count` classes, "" where unknown. A model that is numbered as COCO and has none has COCO's.
std::vector<std::string> labels_of_all(const ModelClasses& classes) {
  std::vector<std::string> labels(classes.count);
  if (!classes.labels.empty() || !classes.numbered_as_coco) {
    std::copy_n(classes.labels.begin(), std::min(classes.labels.size(), labels.size()), labels.begin());
    return labels;
  }
  for (const CocoCategory& category : coco_categories())
    if (const auto id = static_cast<std::size_t>(category.id); id < labels.size()) labels[id] = category.name;
  return labels;
}

// --- Matching ---

// Index of the category of each class, if any.
using Matches = std::vector<std::optional<std::size_t>>;

class NameMatcher {
 public:
  NameMatcher(std::span<const std::string> labels, std::size_t first_class, std::span<const CocoCategory> categories)
      : labels_(labels),
        first_class_(first_class),
        categories_(categories),
        category_of_(labels.size()),
        is_free_(categories.size(), true) {}

  Result<Matches> match() {
    leave_out_empty_namesakes();
    for (const NameKey key : kNameKeys) OCTET_RETURN_IF_ERROR(match_by(key));
    return std::move(category_of_);
  }

 private:
  std::map<std::string, std::vector<std::size_t>> free_categories_by(NameKey key) const {
    std::map<std::string, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < categories_.size(); ++i)
      if (is_free_[i]) groups[key(categories_[i].name)].push_back(i);
    return groups;
  }

  bool is_annotated(std::size_t category) const { return categories_[category].annotations > 0; }

  void leave_out_empty_namesakes() {
    for (const auto& [name, group] : free_categories_by(folded)) {
      if (std::ranges::none_of(group, [&](std::size_t i) { return is_annotated(i); })) continue;
      for (const std::size_t i : group) is_free_[i] = is_annotated(i);
    }
  }

  Status match_by(NameKey key) {
    const auto groups = free_categories_by(key);
    for (std::size_t i = first_class_; i < labels_.size(); ++i) {
      if (category_of_[i] || folded(labels_[i]).empty()) continue;
      const auto found = groups.find(key(labels_[i]));
      if (found == groups.end()) continue;
      OCTET_ASSIGN(const std::size_t category, one_of(found->second, labels_[i]));
      category_of_[i] = category;
      is_free_[category] = false;
    }
    return {};
  }

  Result<std::size_t> one_of(const std::vector<std::size_t>& group, const std::string& label) const {
    std::vector<std::size_t> annotated;
    std::ranges::copy_if(group, std::back_inserter(annotated), [&](std::size_t i) { return is_annotated(i); });
    if (annotated.size() > 1) return several(label, categories_[annotated[0]], categories_[annotated[1]]);
    return annotated.empty() ? group[0] : annotated[0];
  }

  static Error several(const std::string& label, const CocoCategory& first, const CocoCategory& second) {
    return {ErrorCode::kMalformed, fmt::format("the class '{}' has the name of the categories {} ('{}') and {} ('{}'), and both have "
                                               "annotations; give each category a name of its own",
                                               label, first.id, first.name, second.id, second.name)};
  }

  std::span<const std::string> labels_;
  std::size_t first_class_;
  std::span<const CocoCategory> categories_;
  Matches category_of_;
  std::vector<bool> is_free_;
};

std::vector<std::size_t> order_by_id(std::span<const CocoCategory> categories) {
  std::vector<std::size_t> order(categories.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return categories[i].id; });
  return order;
}

Matches match_by_number(const ModelClasses& classes, std::span<const CocoCategory> categories) {
  Matches category_of(classes.count);
  const std::size_t first = classes.has_background ? 1 : 0;
  const auto is_class = [&](const CocoCategory& category) {
    return std::cmp_greater_equal(category.id, first) && std::cmp_less(category.id, classes.count);
  };
  const bool numbers_are_ids =
      classes.numbered_as_coco && (classes.labels.empty() || has_labels_of_coco(classes)) && std::ranges::all_of(categories, is_class);
  const std::vector<std::size_t> order = order_by_id(categories);
  for (std::size_t n = 0; n < order.size(); ++n) {
    const std::size_t index = numbers_are_ids ? static_cast<std::size_t>(categories[order[n]].id) : first + n;
    if (index < category_of.size()) category_of[index] = order[n];
  }
  return category_of;
}

// --- The map ---

// Ids that are free for classes without a category: 1, 2, 3 ... but for those in use.
class UnusedIds {
 public:
  explicit UnusedIds(std::span<const CocoCategory> categories) {
    for (const CocoCategory& category : categories) used_.insert(category.id);
  }
  std::int64_t next() {
    do ++last_;
    while (used_.contains(last_));
    return last_;
  }

 private:
  std::set<std::int64_t> used_;
  std::int64_t last_ = 0;
};

std::string name_of(std::span<const std::string> labels, std::size_t index) {
  return labels[index].empty() ? fmt::format("class {}", index) : labels[index];
}

// Classes that are no news where they have no category: the background, the numbers that COCO never gave to a category, and
// those of which nobody knows whether the model has them.
bool stands_for_nothing(const ModelClasses& classes, std::span<const std::string> labels, std::size_t index, bool is_gap_known) {
  if (classes.has_background && index == 0) return true;
  if (labels[index].empty() && !classes.is_count_known) return true;
  return is_gap_known &&
         std::ranges::find(coco_categories(), static_cast<std::int64_t>(index), &CocoCategory::id) == coco_categories().end();
}

// What is to be said of a class and its category; nothing where it goes without saying.
std::string pair_of(ClassRule rule, const std::string& class_name, const CocoCategory& category) {
  if (rule == ClassRule::kName && is_plainly_same(class_name, category.name)) return {};
  return fmt::format("{} is {}", class_name, category.name);
}

ClassMap map_from(ClassRule rule, const ModelClasses& classes, std::span<const std::string> labels,
                  std::span<const CocoCategory> categories, const Matches& category_of) {
  const bool is_gap_known = classes.numbered_as_coco && (classes.labels.empty() || has_labels_of_coco(classes));
  ClassMap map{
      .rule = rule, .category_ids = {}, .measured_ids = {}, .pairs = {}, .classes_without_category = {}, .categories_without_class = {}};
  std::set<std::int64_t> measured;
  UnusedIds unused(categories);
  for (std::size_t i = 0; i < category_of.size(); ++i) {
    if (!category_of[i]) {
      map.category_ids.push_back(unused.next());
      if (!stands_for_nothing(classes, labels, i, is_gap_known)) map.classes_without_category.push_back(name_of(labels, i));
      continue;
    }
    const CocoCategory& category = categories[*category_of[i]];
    map.category_ids.push_back(category.id);
    measured.insert(category.id);
    if (std::string pair = pair_of(rule, name_of(labels, i), category); !pair.empty()) map.pairs.push_back(std::move(pair));
  }
  for (const CocoCategory& category : categories)
    if (!measured.contains(category.id)) map.categories_without_class.push_back(category.name);
  map.measured_ids.assign(measured.begin(), measured.end());
  return map;
}

bool has_any(const Matches& category_of) {
  return std::ranges::any_of(category_of, [](const auto& category) { return category.has_value(); });
}

// Ids for a data set of which nothing is known.
Result<ClassMap> own_ids(const ModelClasses& classes) {
  OCTET_ASSIGN(ClassMap map, map_classes(classes, coco_categories()));
  const bool is_coco = map.rule == ClassRule::kName && map.categories_without_class.empty();
  if (!is_coco) {
    std::int64_t next = classes.has_background ? 0 : 1;
    for (std::int64_t& id : map.category_ids) id = next++;
  }
  return ClassMap{.rule = is_coco ? ClassRule::kCoco : ClassRule::kOrder,
                  .category_ids = std::move(map.category_ids),
                  .measured_ids = {},
                  .pairs = {},
                  .classes_without_category = {},
                  .categories_without_class = {}};
}

// "bicycle, car, bus and 74 others"
std::string first_few(const std::vector<std::string>& names, std::size_t most) {
  const std::size_t shown = names.size() <= most + 1 ? names.size() : most;
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < names.size()) text += fmt::format(" and {} others", names.size() - shown);
  return text;
}

}  // namespace

bool is_same_class_name(std::string_view a, std::string_view b) { return in_cocos_spelling(a) == in_cocos_spelling(b); }

Result<ClassMap> map_classes(const ModelClasses& classes, std::span<const CocoCategory> categories) {
  if (categories.empty()) return own_ids(classes);
  const std::vector<std::string> labels = labels_of_all(classes);
  OCTET_ASSIGN(const Matches by_name, NameMatcher(labels, classes.has_background ? 1 : 0, categories).match());
  if (has_any(by_name)) return map_from(ClassRule::kName, classes, labels, categories, by_name);
  return map_from(ClassRule::kNumber, classes, labels, categories, match_by_number(classes, categories));
}

std::vector<std::string> remarks_on(const ClassMap& map) {
  constexpr std::size_t kMostPairs = 12, kMostNames = 3;
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
                        : fmt::format("{} categories have no class and count in no mean: {}", names.size(), first_few(names, kMostNames)));
  if (const auto& names = map.classes_without_category; !names.empty())
    lines.push_back(fmt::format("{} no category, so what is found of {} is neither right nor wrong: {}",
                                names.size() == 1 ? "1 class has" : fmt::format("{} classes have", names.size()),
                                names.size() == 1 ? "it" : "them", first_few(names, kMostNames)));
  return lines;
}

}  // namespace octet
