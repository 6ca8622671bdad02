#include "eval/metric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "eval/by_category.h"
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
  ASSERT_EQ(accuracy.model.categories.size(), fixture.expected_of_class.size());
  for (const CategoryAccuracy& category : accuracy.model.categories) {
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
      const auto accuracy = metric.evaluate(fixtures[i].truth, ResultList(fixtures[i].found), threads);
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
  EXPECT_NEAR(evaluate_voc2007(truth, ResultList(found))->numbers[0].value, (3 + 3 * 2.0 / 3) / 11, 1e-12);
  EXPECT_NEAR(evaluate_voc2012(truth, ResultList(found))->numbers[0].value, (1 + 2.0 / 3) / 4, 1e-12);
}

// Groups that are met once, several times, beside an object, and never; classes that were not looked for.
TEST(OpenImages, GivesTheNumbersOfTheObjectDetectionApi) { expect_fixtures(metric("openimages"), "openimages_sets", 32); }

// A data set in which each image is as often as `times` says of its place.
EvalFixture repeated(const EvalFixture& fixture, const std::vector<int>& times) {
  constexpr std::int64_t kCopies = 8;
  std::vector<std::int64_t> ids;
  for (const CocoImage& image : fixture.truth.images) ids.push_back(image.id);
  std::ranges::sort(ids);
  EvalFixture set;
  set.truth.categories = fixture.truth.categories;
  const auto add_copies = [&](const auto& records, auto image_of, auto& to) {
    for (auto record : records) {
      if (!std::ranges::binary_search(ids, image_of(record))) continue;
      const auto place = std::ranges::lower_bound(ids, image_of(record)) - ids.begin();
      for (int copy = 0; copy < times[static_cast<std::size_t>(place)]; ++copy) {
        auto copied = record;
        image_of(copied) = kCopies * place + copy;
        to.push_back(copied);
      }
    }
  };
  const auto image_id = [](auto& record) -> auto& { return record.image_id; };
  add_copies(
      fixture.truth.images, [](auto& image) -> auto& { return image.id; }, set.truth.images);
  add_copies(fixture.truth.annotations, image_id, set.truth.annotations);
  add_copies(fixture.truth.verifications, image_id, set.truth.verifications);
  add_copies(fixture.found, image_id, set.found);
  return set;
}

// Equal scores would come in another order.
void make_scores_differ(EvalFixture& fixture) {
  for (std::size_t i = 0; i < fixture.found.size(); ++i) fixture.found[i].score += 1e-7 * static_cast<double>(i);
}

// By what it says of images that were drawn, once or several times or never.
void expect_draws(const Metric& metric, EvalFixture fixture, std::mt19937& random) {
  make_scores_differ(fixture);
  const auto accuracy = metric.evaluate(fixture.truth, ResultList(fixture.found), 1);
  ASSERT_TRUE(accuracy.ok());
  DrawCounts draws(fixture.truth.images.size());
  for (auto& counts : draws)
    for (auto& count : counts) count = static_cast<std::uint8_t>(random() % 4);
  draws.front().fill(1);  // so that no draw is empty
  const DrawnAp drawn_ap = accuracy->model.make_drawn_ap();
  for (const std::size_t draw : {0U, 7U}) {
    std::vector<int> times;
    for (const auto& counts : draws) times.push_back(counts[draw]);
    const EvalFixture set = repeated(fixture, times);
    const auto expected = metric.evaluate(set.truth, ResultList(set.found), 1);
    ASSERT_TRUE(expected.ok()) << expected.error().message;
    for (std::size_t k = 0; k < expected->model.categories.size(); ++k) {
      const double ap = drawn_ap(SizeClass::kAll, k, draws)[draw], wanted = expected->model.categories[k].AP;
      EXPECT_EQ(std::isnan(ap), wanted < 0) << metric.name;
      if (wanted >= 0) {
        EXPECT_NEAR(ap, wanted, 1e-12) << metric.name << " " << expected->model.categories[k].name;
      }
    }
  }
}

TEST(Metrics, DrawImagesAsIfTheyWereTheDataSet) {
  std::mt19937 random(1);
  for (const Metric& metric : metrics())
    for (const EvalFixture& fixture : load_eval_fixtures(std::string(metric.name) + "_sets")) expect_draws(metric, fixture, random);
}

TEST(Lvis, AsksWhichCategoriesWereLookedFor) {
  const CocoGroundTruth truth{.images = {{.id = 7, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}};
  const auto accuracy = evaluate_lvis(truth, ResultList({}));
  ASSERT_FALSE(accuracy.ok());
  EXPECT_NE(accuracy.error().message.find("which categories were looked for"), std::string::npos);
}

TEST(Metrics, NameAResultOfAnImageThatIsNotListed) {
  const CocoGroundTruth truth{
      .images = {{.id = 7, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}, .verifications = {{7, {1}, {}}}};
  const std::vector<CocoResult> found{{7, 1, {0, 0, 5, 5}, 0.5}, {8, 1, {0, 0, 5, 5}, 0.5}};
  for (const Metric& metric : metrics()) {
    const auto accuracy = metric.evaluate(truth, ResultList(found), 1);
    ASSERT_FALSE(accuracy.ok()) << metric.name;
    EXPECT_EQ(accuracy.error().code, ErrorCode::kMalformed);
    EXPECT_EQ(accuracy.error().message, "a result is of image 8, which the annotations do not list; are they of the same data set?");
  }
}

// A category without objects whose results are a group by themselves changes nothing of the others.
TEST(Metrics, AreTheSameInGroupsOfCategories) {
  EvalFixture fixture = load_eval_fixtures("voc2012_sets")[0];
  const auto together = evaluate_voc2012(fixture.truth, ResultList(fixture.found));
  constexpr std::int64_t kOther = 1'000'000;
  fixture.truth.categories.push_back({kOther, "other"});
  fixture.truth.categories.push_back({-kOther, "another"});
  for (std::size_t i = 0; i < kBoxesTogether; ++i)
    for (const std::int64_t category : {kOther, -kOther})
      fixture.found.push_back({fixture.truth.images[i % 3].id, category, {0, 0, 5, 5}, 0.5});
  const auto apart = evaluate_voc2012(fixture.truth, ResultList(fixture.found));
  EXPECT_EQ(apart->model.ap, together->model.ap);
  ASSERT_EQ(apart->model.categories.size(), together->model.categories.size() + 2);
  for (std::size_t k = 0; k < together->model.categories.size(); ++k)
    EXPECT_EQ(apart->model.categories[k + 1].AP, together->model.categories[k].AP);
}

TEST(Metrics, AreUndefinedWhereNothingIsAnnotated) {
  const CocoGroundTruth truth{
      .images = {{.id = 7, .file_name = {}}}, .categories = {{1, "cup"}}, .annotations = {}, .verifications = {{7, {1}, {}}}};
  const std::vector<CocoResult> found{{7, 1, {0, 0, 5, 5}, 0.5}};
  for (const Metric& metric : metrics()) {
    const auto accuracy = metric.evaluate(truth, ResultList(found), 1);
    ASSERT_TRUE(accuracy.ok());
    for (const NamedNumber& number : accuracy->numbers) EXPECT_EQ(number.value, -1) << metric.name << " " << number.name;
  }
}

}  // namespace
}  // namespace octet
