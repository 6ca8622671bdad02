#include "data/class_map.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace octet {
namespace {

ModelClasses three_classes() { return {.labels = {"person", "traffic light", "no_blank"}, .count = 3}; }

TEST(CategoryIds, OrdinalTakesTheNthCategoryById) {
  const std::vector<CocoCategory> categories = {{13, "c"}, {2, "b"}, {1, "a"}, {90, "d"}};
  const auto ids = category_ids(three_classes(), categories);
  ASSERT_TRUE(ids.ok());
  EXPECT_EQ(*ids, (std::vector<std::int64_t>{1, 2, 13}));
}

TEST(CategoryIds, Coco91IsTheIndexItself) {
  const ModelClasses ssd{.labels = {}, .count = 91, .has_background = true, .numbered_as_coco = true};
  const auto ids = category_ids(ssd, {});
  ASSERT_TRUE(ids.ok());
  ASSERT_EQ(ids->size(), 91u);
  EXPECT_EQ(ids->back(), 90);
}

TEST(CategoryIds, Coco91GoesByNameWhereNumbersAreOthers) {
  const ModelClasses ssd{.labels = {"background", "person", "car"}, .count = 3, .has_background = true, .numbered_as_coco = true};
  EXPECT_EQ(*category_ids(ssd, std::vector<CocoCategory>{{1, "person"}, {2, "car"}, {7, "kite"}}), (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_EQ(*category_ids(ssd, std::vector<CocoCategory>{{1, "car"}, {2, "person"}}), (std::vector<std::int64_t>{kNoCategory, 2, 1}));
  const auto ids = category_ids(ssd, std::vector<CocoCategory>{{1, "car"}, {2, "lamp"}});
  ASSERT_FALSE(ids.ok());
  EXPECT_NE(ids.error().message.find("category 1 is named 'car' as class 2"), std::string::npos) << ids.error().message;
}

TEST(CategoryIds, OrdinalDoesNotCountTheBackgroundOfAnSsd) {
  const std::vector<CocoCategory> categories = {{13, "c"}, {2, "b"}};
  ModelClasses ssd{.labels = {"background", "b", "c"}, .count = 3, .has_background = true};
  const auto ids = category_ids(ssd, categories);
  ASSERT_TRUE(ids.ok()) << ids.error().message;
  EXPECT_EQ(*ids, (std::vector<std::int64_t>{kNoCategory, 2, 13}));
  ssd = {.labels = {"b", "c"}, .count = 2};
  EXPECT_EQ(*category_ids(ssd, categories), (std::vector<std::int64_t>{2, 13}));
  ssd = {.labels = {}, .count = 91, .is_count_known = false, .has_background = true};
  EXPECT_EQ((*category_ids(ssd, categories))[2], 13);
  EXPECT_EQ(category_ids(ssd, categories)->size(), 91u);
}

TEST(CategoryIds, OrdinalGoesByNameWhereEveryCategoryBearsOne) {
  const std::vector<CocoCategory> categories = {{7, "no_blank"}, {0, "traffic light"}};
  const auto ids = category_ids(three_classes(), categories);
  ASSERT_TRUE(ids.ok()) << ids.error().message;
  EXPECT_EQ(*ids, (std::vector<std::int64_t>{1, 0, 7}));  // no category is 1
  const std::vector<CocoCategory> extreme = {{1, "no_blank"}, {INT64_MAX, "traffic light"}};
  EXPECT_EQ(*category_ids(three_classes(), extreme), (std::vector<std::int64_t>{2, INT64_MAX, 1}));
  const std::vector<CocoCategory> reversed = {{1, "no_blank"}, {2, "traffic light"}, {3, "person"}};
  EXPECT_EQ(*category_ids(three_classes(), reversed), (std::vector<std::int64_t>{3, 2, 1}));
}

TEST(CategoryIds, RefusesAnOrderThatContradictsAName) {
  const std::vector<CocoCategory> categories = {{1, "lamp"}, {2, "vase"}, {3, "person"}};
  const auto ids = category_ids(three_classes(), categories);
  ASSERT_FALSE(ids.ok());
  EXPECT_NE(ids.error().message.find("category 3 is named 'person' as class 0"), std::string::npos) << ids.error().message;
}

TEST(CategoryIds, RefusesAnnotationsOfFewerCategories) {
  const std::vector<CocoCategory> categories = {{1, "a"}};
  const auto ids = category_ids(three_classes(), categories);
  ASSERT_FALSE(ids.ok());
  EXPECT_EQ(ids.error().message, "the model has 3 classes, the annotations only 1 categories, and not all bear the name of a class");
}

}  // namespace
}  // namespace octet
