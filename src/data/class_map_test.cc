#include "data/class_map.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/class_names.h"
#include "data/coco_categories.h"

namespace octet {
namespace {

using Ids = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

ModelClasses named(Names labels) { return {.labels = labels, .count = labels.size()}; }

ModelClasses nameless(std::size_t count) { return {.labels = {}, .count = count}; }

// An SSD counts its background as class 0.
ModelClasses ssd(Names labels) {
  labels.insert(labels.begin(), "background");
  return {.labels = labels, .count = labels.size(), .has_background = true};
}

ModelClasses coco_ssd() { return {.labels = {}, .count = 91, .is_count_known = false, .has_background = true, .coco_id_of_first = 0}; }

Names names_of_coco() {
  Names names;
  for (const CocoCategory& category : coco_categories()) names.push_back(category.name);
  return names;
}

Ids ids_of_coco() {
  Ids ids;
  for (const CocoCategory& category : coco_categories()) ids.push_back(category.id);
  return ids;
}

ClassMap map_of(const ModelClasses& classes, const std::vector<CocoCategory>& categories) {
  const auto map = map_classes(classes, categories);
  return map.ok() ? *map : ClassMap{.pairs = {map.error().message}};
}

bool mentions(const ClassMap& map, const std::string& words) {
  return std::ranges::any_of(remarks_on(map), [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

TEST(ClassNames, AreComparedWithoutCaseBlanksHyphensAndUnderscores) {
  EXPECT_TRUE(is_same_class_name("Traffic_Light", "traffic light"));
  EXPECT_TRUE(is_same_class_name("hot-dog", "HotDog"));
  EXPECT_TRUE(is_same_class_name("TV Monitor", "tv"));
  EXPECT_TRUE(is_same_class_name("aeroplane", "Airplane"));
  EXPECT_TRUE(is_same_class_name("motor bike", "Motor-Cycle"));
  EXPECT_FALSE(is_same_class_name("car", "cart"));
  EXPECT_FALSE(is_same_class_name("dog", "hot dog"));
}

TEST(ClassNames, AreComparedSoInEveryAlphabet) {
  EXPECT_TRUE(is_same_class_name("Fußgänger", "FUSSGÄNGER"));
  EXPECT_TRUE(is_same_class_name("fußga\u0308nger", "Fußgänger"));  // decomposed, as some file systems write it
  EXPECT_TRUE(is_same_class_name("АВТОМОБИЛЬ", "автомобиль"));
  EXPECT_TRUE(is_same_class_name("traffic\u00a0light", "traffic light"));  // a blank that does not break
  EXPECT_TRUE(is_same_class_name("hot\u2010dog", "hot\u2013dog"));         // hyphen and dash
  EXPECT_TRUE(is_same_class_name("ｃａｒ", "car"));
  EXPECT_FALSE(is_same_class_name("Fußgänger", "Fußganger"));
  EXPECT_FALSE(is_same_class_name("\xff", "\xfe"));  // no UTF-8
  EXPECT_TRUE(is_same_class_name("\xff", "\xff"));
}

TEST(MapClasses, TakesEachClassForTheCategoryOfItsName) {
  const ClassMap map = map_of(named({"Person", "traffic_light", "car"}), {{10, "Traffic-Light"}, {1, "car"}, {2, "person"}});
  EXPECT_EQ(map.rule, ClassRule::kName);
  EXPECT_EQ(map.category_ids, (Ids{2, 10, 1}));
  EXPECT_EQ(map.measured_ids, (Ids{1, 2, 10}));
  EXPECT_EQ(map.pairs, (Names{"Person is person", "traffic_light is Traffic-Light"}));
  EXPECT_EQ(remarks_on(map).size(), 1u);
}

TEST(MapClasses, HasNothingToSayOfCocoItself) {
  Names darknet = names_of_coco();
  std::ranges::replace(darknet, std::string("motorcycle"), std::string("motorbike"));
  std::ranges::replace(darknet, std::string("potted plant"), std::string("pottedplant"));
  const std::vector<CocoCategory> coco(coco_categories().begin(), coco_categories().end());
  for (const ModelClasses& classes : {named(names_of_coco()), named(darknet), coco_ssd()}) {
    const ClassMap map = map_of(classes, coco);
    EXPECT_EQ(map.rule, ClassRule::kName);
    EXPECT_EQ(map.measured_ids, ids_of_coco());
    EXPECT_TRUE(remarks_on(map).empty()) << remarks_on(map)[0];
  }
}

TEST(MapClasses, PrefersTheSpellingThatIsClosest) {
  const ClassMap map = map_of(named({"sofa", "Couch", "car", "Car"}), {{1, "couch"}, {2, "sofa"}, {3, "Car"}, {4, "car"}});
  EXPECT_EQ(map.category_ids, (Ids{2, 1, 4, 3}));
}

TEST(MapClasses, AllowsCategoriesWithoutAClass) {
  const ClassMap map = map_of(named({"car", "dog"}), {{0, "street-scenes"}, {1, "car", 5}, {2, "dog", 5}});
  EXPECT_EQ(map.category_ids, (Ids{1, 2}));
  EXPECT_EQ(map.measured_ids, (Ids{1, 2}));
  EXPECT_EQ(map.categories_without_class, Names{"street-scenes"});
  EXPECT_TRUE(mentions(map, "1 category has no class and counts in no mean: street-scenes"));
}

TEST(MapClasses, GivesAClassWithoutACategoryAnIdThatNobodyHas) {
  const ClassMap map = map_of(named({"lamp", "dog", "vase"}), {{0, "dog"}, {1, "cat"}, {INT64_MAX, "cow"}});
  EXPECT_EQ(map.category_ids, (Ids{2, 0, 3}));  // 0 is a number like others
  EXPECT_EQ(map.classes_without_category, (Names{"lamp", "vase"}));
  EXPECT_TRUE(mentions(map, "2 classes have no category")) << remarks_on(map).back();
  EXPECT_TRUE(mentions(map, "2 categories have no class"));
}

TEST(MapClasses, LetsAGroupingCategoryOfTheSameNameGiveWay) {
  EXPECT_EQ(map_of(named({"pothole"}), {{0, "pothole"}, {1, "pothole", 9}}).category_ids, Ids{1});
  EXPECT_EQ(map_of(named({"Pothole"}), {{0, "Pothole"}, {1, "pothole", 9}}).category_ids, Ids{1});
}

TEST(MapClasses, RefusesAClassThatSeveralCategoriesAreNamedAfter) {
  const auto map = map_classes(named({"CAR"}), std::vector<CocoCategory>{{1, "car", 3}, {2, "Car", 4}});
  ASSERT_FALSE(map.ok());
  EXPECT_NE(map.error().message.find("categories 1 ('car') and 2 ('Car')"), std::string::npos) << map.error().message;
}

TEST(MapClasses, TakesTwoClassesOfOneNameForTheSameCategory) {
  EXPECT_EQ(map_of(named({"van", "van", "bus"}), {{4, "bus"}, {7, "van"}}).category_ids, (Ids{7, 7, 4}));
}

TEST(MapClasses, GoesByNumberOnlyWhereNoNameMatches) {
  const std::vector<CocoCategory> categories = {{2, "c"}, {0, "a"}, {1, "b"}};
  const ClassMap map = map_of(nameless(3), categories);
  EXPECT_EQ(map.rule, ClassRule::kNumber);
  EXPECT_EQ(map.category_ids, (Ids{0, 1, 2}));
  EXPECT_TRUE(mentions(map, "by number: class 0 is a, class 1 is b, class 2 is c")) << remarks_on(map)[0];
  EXPECT_EQ(map_of(named({"x", "y", "z"}), categories).rule, ClassRule::kNumber);
  EXPECT_EQ(map_of(named({"x", "y", "b"}), categories).rule, ClassRule::kName);
}

TEST(MapClasses, DoesNotCountTheBackgroundByNumber) {
  const ModelClasses unknown{.labels = {}, .count = 91, .is_count_known = false, .has_background = true};
  const ClassMap map = map_of(unknown, {{0, "a"}, {1, "b"}, {2, "c"}});
  EXPECT_EQ((Ids{map.category_ids.begin() + 1, map.category_ids.begin() + 4}), (Ids{0, 1, 2}));
  EXPECT_TRUE(map.classes_without_category.empty());  // nobody knows whether there are more
  EXPECT_EQ(map_of(ssd({"x", "y"}), {{5, "a"}, {9, "b"}}).category_ids, (Ids{1, 5, 9}));
  EXPECT_EQ(map_of(ssd({"x", "y"}), {{5, "background"}, {9, "y"}}).category_ids, (Ids{1, 2, 9}));  // never by the name of nothing
}

TEST(MapClasses, SaysWhichClassesAndCategoriesNumbersLeaveOver) {
  EXPECT_EQ(map_of(nameless(2), {{1, "a"}, {2, "b"}, {3, "c"}}).categories_without_class, Names{"c"});
  EXPECT_EQ(map_of(nameless(3), {{1, "a"}}).classes_without_category, (Names{"class 1", "class 2"}));
}

TEST(MapClasses, KeepsTheNumbersOfAModelNumberedAsCoco) {
  const ClassMap map = map_of(coco_ssd(), {{18, "18"}, {90, "90"}});  // categories without names
  EXPECT_EQ(map.rule, ClassRule::kNumber);
  EXPECT_EQ(map.category_ids[18], 18);
  EXPECT_EQ(map.category_ids[90], 90);
  EXPECT_EQ(map_of(coco_ssd(), {{0, "x"}, {100, "y"}}).category_ids[2], 100);  // no such numbers: the order decides
  const ModelClasses relabelled{.labels = {"background", "car", "dog"}, .count = 3, .has_background = true, .coco_id_of_first = 0};
  EXPECT_EQ(map_of(relabelled, {{1, "dog"}, {2, "car"}}).category_ids, (Ids{3, 2, 1}));
}

TEST(MapClasses, KeepsTheNumbersOfAModelNumberedAsCocoWithoutABackground) {
  const ModelClasses efficientdet{.labels = {}, .count = 90, .coco_id_of_first = 1};
  const std::span<const CocoCategory> coco = coco_categories();
  const ClassMap map = map_of(efficientdet, {coco.begin(), coco.end()});
  EXPECT_EQ(map.rule, ClassRule::kName);
  EXPECT_EQ(map.category_ids[0], 1);
  EXPECT_EQ(map.category_ids[12], 13) << "behind the gap at 12";
  EXPECT_EQ(map.category_ids[89], 90);
  EXPECT_TRUE(remarks_on(map).empty());
  EXPECT_EQ(map_of(efficientdet, {{18, "18"}, {90, "90"}}).category_ids[17], 18);
  EXPECT_EQ(map_of(efficientdet, {}).category_ids[89], 90);
}

TEST(MapClasses, WithoutCategoriesGivesCocosIdsToAModelWithCocosNames) {
  const ClassMap map = map_of(named(names_of_coco()), {});
  EXPECT_EQ(map.rule, ClassRule::kCoco);
  EXPECT_EQ(map.category_ids, ids_of_coco());
  EXPECT_EQ(map_of(coco_ssd(), {}).category_ids[90], 90);
}

TEST(MapClasses, WithoutCategoriesCountsOtherClassesFrom1) {
  EXPECT_EQ(map_of(named({"car", "dog"}), {}).category_ids, (Ids{1, 2}));
  EXPECT_EQ(map_of(ssd({"car", "dog"}), {}).category_ids, (Ids{0, 1, 2}));
  EXPECT_EQ(map_of({.labels = {}, .count = 4, .is_count_known = false, .has_background = true}, {}).category_ids, (Ids{0, 1, 2, 3}));
}

// Whatever the names and numbers: one id a class, ids of two classes differ unless both have a category of one name, what is
// measured is a category, and nothing is left unsaid.
RC_GTEST_PROP(MapClasses, AccountsForEveryClassAndCategory, ()) {
  const auto name = rc::gen::element<std::string>("car", "Car", "sofa", "couch", "hot dog", "hot-dog", "", "x");
  const auto labels = *rc::gen::container<Names>(name);
  const auto numbers = *rc::gen::container<std::set<std::int64_t>>(rc::gen::inRange<std::int64_t>(-2, 12));
  std::vector<CocoCategory> categories;
  for (const std::int64_t number : numbers) categories.push_back({number, *name, *rc::gen::inRange(0, 2)});
  const auto map = map_classes(named(labels), categories);
  if (!map.ok()) return;
  RC_ASSERT(map->category_ids.size() == labels.size());
  std::set<std::int64_t> lone;
  for (const std::int64_t id : map->category_ids)
    if (!numbers.contains(id)) RC_ASSERT(lone.insert(id).second);
  if (categories.empty()) return;
  RC_ASSERT(lone.size() == map->classes_without_category.size());
  RC_ASSERT(map->measured_ids.size() + map->categories_without_class.size() == categories.size());
  for (const std::int64_t id : map->measured_ids) RC_ASSERT(std::ranges::count(map->category_ids, id) > 0);
}

}  // namespace
}  // namespace octet
