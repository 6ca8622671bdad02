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

TEST(Lvis, AsksWhichCategoriesWereLookedFor) {
  const CocoGroundTruth truth{.images = {{.id = 7, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}};
  const auto accuracy = evaluate_lvis(truth, {});
  ASSERT_FALSE(accuracy.ok());
  EXPECT_NE(accuracy.error().message.find("which categories were looked for"), std::string::npos);
}

TEST(Metrics, NameAResultOfAnImageThatIsNotListed) {
  const CocoGroundTruth truth{.images = {{.id = 7, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}, .verifications = {{7, {1}, {}}}};
  const std::vector<CocoResult> found{{7, 1, {0, 0, 5, 5}, 0.5}, {8, 1, {0, 0, 5, 5}, 0.5}};
  for (const Metric& metric : metrics()) {
    const auto accuracy = metric.evaluate(truth, found, 1);
    ASSERT_FALSE(accuracy.ok()) << metric.name;
    EXPECT_EQ(accuracy.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(accuracy.error().message, "result 1 is of image 8, which the annotations do not list; are they of the same data set?");
  }
}

TEST(Metrics, AreUndefinedWhereNothingIsAnnotated) {
  const CocoGroundTruth truth{.images = {{.id = 7, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}, .verifications = {{7, {1}, {}}}};
  for (const Metric& metric : metrics()) {
    const auto accuracy = metric.evaluate(truth, std::vector<CocoResult>{{7, 1, {0, 0, 5, 5}, 0.5}}, 1);
    ASSERT_TRUE(accuracy.ok());
    for (const NamedNumber& number : accuracy->numbers) EXPECT_EQ(number.value, -1) << metric.name << " " << number.name;
  }
}

}  // namespace
}  // namespace octet
