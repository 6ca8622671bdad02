#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"

// What a class of a model means to a data set. The one place that decides it, for every verb.
namespace octet {

// The classes that a model tells apart, as far as a data set is concerned.
struct ModelClasses {
  std::vector<std::string> labels;  // by class index; may be empty, or hold empty names
  std::size_t count = 0;            // of class indices, background included
  bool is_count_known = true;       // false: `count` is an upper bound
  bool has_background = false;      // class 0 is nothing that is found
  // The id of COCO's category that class 0 is, the next class being the next id, unless labels say otherwise; none where they are not so.
  std::optional<std::int64_t> coco_id_of_first = {};
};

enum class ClassRule {
  kName,    // a class is the category of its name
  kNumber,  // no name matches: the n-th class is the n-th category by id
  kCoco,    // there are no categories, and the model has all of COCO's: COCO's ids
  kOrder,   // there are no categories: 1, 2, 3 ... in the order of the classes, the background not counted
};

// Which category each class of a model is.
struct ClassMap {
  ClassRule rule = ClassRule::kOrder;
  // By class index, as results files have it. A class without a category has an id that neither a category nor another
  // class has, so that what is found of it is neither right nor wrong.
  std::vector<std::int64_t> category_ids{};
  std::vector<std::int64_t> measured_ids{};             // of the categories that have a class, rising
  std::vector<std::string> pairs{};                     // "car is Car", where the spelling differs or the number decides
  std::vector<std::string> classes_without_category{};  // names; those that stand for nothing left out (background, gaps of COCO)
  std::vector<std::string> categories_without_class{};
  bool operator==(const ClassMap&) const = default;
};

// Gives each class its category:
//   1. Names are compared in the forms of class_names.h, the strictest first. Classes without a category and categories without a class are
//      allowed. Of several categories of one name, those without annotations give way to the others: labelling services put
//      a grouping category before the real ones.
//   2. Where no name matches at all, the n-th class (background not counted) is the n-th category by id; of a model that is
//      numbered as COCO, the category of its number where every category has such a number.
// kMalformed if a class has the name of several annotated categories.
Result<ClassMap> map_classes(const ModelClasses& classes, std::span<const CocoCategory> categories);

// What a reader of the figures must know of a map, a line each; none where every class is the category of its name.
std::vector<std::string> remarks_on(const ClassMap& map);

}  // namespace octet
