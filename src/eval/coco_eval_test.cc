#include "eval/coco_eval.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "eval/average_precision.h"
#include "eval/fixture_for_test.h"

namespace octet {
namespace {

void expect_numbers(const CocoNumbers& numbers, const EvalFixture& fixture) {
  const auto values = numbers.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string name(kCocoNumberNames[i]);
    ASSERT_TRUE(fixture.expected.contains(name)) << name;
    EXPECT_NEAR(values[i], fixture.expected.at(name), 1e-12) << name;
  }
}

void expect_evaluation(const EvalFixture& fixture) {
  const auto accuracy = evaluate_coco(fixture.truth, fixture.found);
  ASSERT_TRUE(accuracy.ok()) << accuracy.error().message;
  expect_numbers(accuracy->numbers, fixture);
  ASSERT_EQ(accuracy->categories.size(), fixture.expected_of_class.size());
  for (const CategoryAccuracy& category : accuracy->categories) {
    EXPECT_NEAR(category.AP, fixture.expected_of_class.at(category.category_id).first, 1e-12) << category.name;
    EXPECT_NEAR(category.AP50, fixture.expected_of_class.at(category.category_id).second, 1e-12) << category.name;
  }
}

class CocoEvalFixture : public testing::TestWithParam<const char*> {};

TEST_P(CocoEvalFixture, GivesTheNumbersOfPycocotools) { expect_evaluation(load_eval_fixture(GetParam())); }

// Crowds, ties, ids of 0 and below, boxes without area, images and classes without objects, in all combinations.
TEST(EvaluateCoco, GivesTheNumbersOfPycocotoolsForRandomSets) {
  const auto fixtures = load_eval_fixtures("random_sets");
  EXPECT_EQ(fixtures.size(), 64u);
  for (std::size_t i = 0; i < fixtures.size(); ++i) {
    SCOPED_TRACE(i);
    expect_evaluation(fixtures[i]);
  }
}

TEST_P(CocoEvalFixture, IsTheSameOnTwoThreads) {
  const EvalFixture fixture = load_eval_fixture(GetParam());
  EXPECT_EQ(evaluate_coco(fixture.truth, fixture.found)->numbers, evaluate_coco(fixture.truth, fixture.found, 2)->numbers);
}

INSTANTIATE_TEST_SUITE_P(Files, CocoEvalFixture,
                         testing::Values("ties", "crowds", "classes_without_truth", "no_detections", "no_truth", "many_detections",
                                         "id_zero", "coco_val"),
                         [](const auto& test) { return std::string(test.param); });

CocoGroundTruth one_object() {
  return {.images = {{.id = 7, .file_name = {}, .width = 100, .height = 100}},
          .categories = {{1, "cup"}},
          .annotations = {{1, 7, 1, {10, 10, 40, 40}, 1600, false}}};
}

TEST(EvaluateCoco, GivesOneForThePerfectBox) {
  const CocoResult perfect{7, 1, {10, 10, 40, 40}, 0.9};
  const auto accuracy = evaluate_coco(one_object(), std::span(&perfect, 1));
  EXPECT_DOUBLE_EQ(accuracy->numbers.AP, 1);
  EXPECT_DOUBLE_EQ(accuracy->numbers.AP_medium, 1);
  EXPECT_EQ(accuracy->numbers.AP_small, -1);
  EXPECT_EQ(accuracy->categories[0].objects, 1);
}

TEST(EvaluateCoco, NamesTheResultOfAnImageThatIsNotListed) {
  const CocoResult stray{8, 1, {10, 10, 40, 40}, 0.9};
  const auto accuracy = evaluate_coco(one_object(), std::span(&stray, 1));
  ASSERT_FALSE(accuracy.ok());
  EXPECT_EQ(accuracy.error().code, ErrorCode::kMalformed);
  EXPECT_NE(accuracy.error().message.find("result 0 is of image 8"), std::string::npos) << accuracy.error().message;
}

TEST(EvaluateCoco, LeavesOutAScoreThatIsNotANumber) {
  const std::vector<CocoResult> found = {{7, 1, {0, 0, 5, 5}, std::numeric_limits<double>::quiet_NaN()}, {7, 1, {10, 10, 40, 40}, 0.5}};
  EXPECT_DOUBLE_EQ(evaluate_coco(one_object(), found)->numbers.AP, 1);
}

TEST(EvaluateCoco, OfNothingIsUndefined) { EXPECT_EQ(evaluate_coco({}, {})->numbers, CocoNumbers{}); }

TEST(ScoreCategory, WithWeightsEqualsRepeatedImages) {
  // The image of weight 2 is written out twice, the one of weight 0 left out. Scores are distinct within an image, and a
  // repeated image brings ties only with itself, where the curve has the same corners.
  const std::vector<TruthBox> truth = {{0, {0, 0, 10, 10}, 100}, {1, {0, 0, 10, 10}, 100}, {2, {0, 0, 10, 10}, 100}};
  const std::vector<FoundBox> found = {
      {0, {0, 0, 10, 9}, 0.9}, {0, {50, 0, 10, 10}, 0.4}, {1, {0, 0, 10, 6}, 0.8}, {2, {50, 0, 10, 10}, 0.95}};
  const std::vector<TruthBox> truth_twice = {truth[0], truth[1], {3, truth[0].box, 100}};
  std::vector<FoundBox> found_twice = {found[0], found[1], found[2], found[0], found[1]};
  found_twice[3].image = found_twice[4].image = 3;

  const std::vector<std::uint32_t> weights = {2, 1, 0};
  const CategoryScore weighted = score_category(match_category(truth, found), SizeClass::kAll, 100, weights);
  const CategoryScore repeated = score_category(match_category(truth_twice, found_twice), SizeClass::kAll, 100);
  EXPECT_EQ(weighted.average_precision, repeated.average_precision);
  EXPECT_EQ(weighted.recall, repeated.recall);
}

TEST(RestrictToImages, KeepsImagesAnnotationsAndEveryCategory) {
  CocoGroundTruth truth = one_object();
  truth.images.push_back({.id = 9, .file_name = {}});
  truth.annotations.push_back({2, 9, 1, {0, 0, 5, 5}, 25, false});
  const std::int64_t kept = 9;
  CocoGroundTruth part = truth;
  restrict_to_images(part, std::span(&kept, 1));
  ASSERT_EQ(part.images.size(), 1u);
  EXPECT_EQ(part.images[0].id, 9);
  ASSERT_EQ(part.annotations.size(), 1u);
  EXPECT_EQ(part.annotations[0].id, 2);
  EXPECT_EQ(part.categories.size(), 1u);
}

// The size of COCO's val2017 with 100 detections an image; a quadratic step would run into ctest's limit of time.
TEST(EvaluateCoco, TakesFiveThousandImages) {
  std::mt19937 random(1);
  const auto below = [&](unsigned limit) { return static_cast<double>(random() % limit); };
  CocoGroundTruth truth;
  std::vector<CocoResult> found;
  for (int category = 1; category <= 80; ++category) truth.categories.push_back({category, std::to_string(category)});
  for (int image = 1; image <= 5000; ++image) {
    truth.images.push_back({.id = image, .file_name = {}});
    for (int i = 0; i < 7; ++i) {
      const BoxLtwh box{below(500), below(400), 10 + below(100), 10 + below(100)};
      truth.annotations.push_back({image * 10 + i, image, 1 + static_cast<int>(random() % 80), box, box.area(), false});
    }
    for (int i = 0; i < 100; ++i) {
      const BoxLtwh box{below(500), below(400), 10 + below(100), 10 + below(100)};
      found.push_back({image, 1 + static_cast<int>(random() % 80), box, below(1000000) / 1e6});
    }
  }
  const auto accuracy = evaluate_coco(truth, found);
  ASSERT_TRUE(accuracy.ok());
  EXPECT_GT(accuracy->numbers.AP, 0) << "by chance some boxes meet";
  EXPECT_LT(accuracy->numbers.AP, 0.01);
}

}  // namespace
}  // namespace octet
