#include "eval/metric.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "eval/fixture_for_test.h"

namespace octet {
namespace {

void expect_accuracy(const MetricAccuracy& accuracy, const EvalFixture& fixture) {
  ASSERT_EQ(accuracy.numbers.size(), fixture.expected.size());
  for (const NamedNumber& number : accuracy.numbers) {
    const std::string name(number.name);
    ASSERT_TRUE(fixture.expected.contains(name)) << name;
    EXPECT_NEAR(number.value, fixture.expected.at(name), 1e-12) << name;
  }
  ASSERT_EQ(accuracy.categories.size(), fixture.expected_of_class.size());
  for (const CategoryAccuracy& category : accuracy.categories) {
    EXPECT_NEAR(category.AP, fixture.expected_of_class.at(category.category_id).first, 1e-12) << category.name;
    EXPECT_NEAR(category.AP50, fixture.expected_of_class.at(category.category_id).second, 1e-12) << category.name;
  }
}

// The sets of testdata/FILE.txt, on one thread and on two.
void expect_fixtures(const Metric& metric, const std::string& file, std::size_t count) {
  const auto fixtures = load_eval_fixtures(file);
  EXPECT_EQ(fixtures.size(), count);
  for (std::size_t i = 0; i < fixtures.size(); ++i) {
    SCOPED_TRACE(i);
    for (const int threads : {1, 2}) {
      const auto accuracy = metric.evaluate(fixtures[i].truth, fixtures[i].found, threads);
      ASSERT_TRUE(accuracy.ok()) << accuracy.error().message;
      expect_accuracy(*accuracy, fixtures[i]);
    }
  }
}

const Metric& metric(std::string_view name) { return *std::ranges::find(metrics(), name, &Metric::name); }

// Ties, ids of 0 and below, more than 300 detections of an image, categories that are absent, partly annotated, or not looked for.
TEST(Lvis, GivesTheNumbersOfItsOwnCode) { expect_fixtures(metric("lvis"), "lvis_sets", 40); }

// Ties, difficult objects that are met once, several times and never, classes with difficult objects alone.
TEST(Voc, GivesTheNumbersOfItsDevelopmentKit) {
  expect_fixtures(metric("voc2007"), "voc2007_sets", 32);
  expect_fixtures(metric("voc2012"), "voc2012_sets", 32);
}

// Two right, one wrong between them, of four objects: recall 1/4 and 2/4, precision 1 and 2/3.
TEST(Voc, ReadsTheCurveAtElevenPointsOrAll) {
  CocoGroundTruth truth{.images = {{.id = 1, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}};
  for (int i = 0; i < 4; ++i) truth.annotations.push_back({i + 1, 1, 1, {20.0 * i, 0, 10, 10}, 100, false});
  const std::vector<CocoResult> found{{1, 1, {0, 0, 10, 10}, 0.9}, {1, 1, {0, 50, 10, 10}, 0.8}, {1, 1, {20, 0, 10, 10}, 0.7}};
  EXPECT_NEAR(evaluate_voc2007(truth, found)->numbers[0].value, (3 + 3 * 2.0 / 3) / 11, 1e-12);
  EXPECT_NEAR(evaluate_voc2012(truth, found)->numbers[0].value, (1 + 2.0 / 3) / 4, 1e-12);
}

// Groups that are met once, several times, beside an object, and never; classes that were not looked for.
TEST(OpenImages, GivesTheNumbersOfTheObjectDetectionApi) { expect_fixtures(metric("openimages"), "openimages_sets", 32); }

TEST(Lvis, AsksWhichCategoriesWereLookedFor) {
  const CocoGroundTruth truth{.images = {{.id = 7, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}};
  const auto accuracy = evaluate_lvis(truth, {});
  ASSERT_FALSE(accuracy.ok());
  EXPECT_NE(accuracy.error().message.find("which categories were looked for"), std::string::npos);
}

TEST(Metrics, NameAResultOfAnImageThatIsNotListed) {
  const CocoGroundTruth truth{
      .images = {{.id = 7, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}, .verifications = {{7, {1}, {}}}};
  const std::vector<CocoResult> found{{7, 1, {0, 0, 5, 5}, 0.5}, {8, 1, {0, 0, 5, 5}, 0.5}};
  for (const Metric& metric : metrics()) {
    const auto accuracy = metric.evaluate(truth, found, 1);
    ASSERT_FALSE(accuracy.ok()) << metric.name;
    EXPECT_EQ(accuracy.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(accuracy.error().message, "result 1 is of image 8, which the annotations do not list; are they of the same data set?");
  }
}

TEST(Metrics, AreUndefinedWhereNothingIsAnnotated) {
  const CocoGroundTruth truth{
      .images = {{.id = 7, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}, .verifications = {{7, {1}, {}}}};
  for (const Metric& metric : metrics()) {
    const auto accuracy = metric.evaluate(truth, std::vector<CocoResult>{{7, 1, {0, 0, 5, 5}, 0.5}}, 1);
    ASSERT_TRUE(accuracy.ok());
    for (const NamedNumber& number : accuracy->numbers) EXPECT_EQ(number.value, -1) << metric.name << " " << number.name;
  }
}

}  // namespace
}  // namespace octet
