#include "eval/resampled_precision.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>

#include <gtest/gtest.h>

#include "eval/average_precision.h"
#include "eval/coco_eval.h"
#include "eval/fixture_for_test.h"

namespace octet {
namespace {

DrawCounts random_draws(std::size_t images, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  DrawCounts draws(images);
  for (auto& counts : draws)
    for (auto& count : counts) count = static_cast<std::uint8_t>(random() % 4);
  return draws;
}

std::vector<std::uint32_t> column(const DrawCounts& draws, std::size_t i) {
  std::vector<std::uint32_t> weights;
  for (const auto& counts : draws) weights.push_back(counts[i]);
  return weights;
}

double mean_of(const CategoryScore& score) {
  double sum = 0;
  for (const double value : score.average_precision) sum += value;
  return sum / kIouThresholdCount;
}

// By which NaN is the same as NaN.
using Bits = std::array<std::uint64_t, kDrawsAtOnce>;
Bits bits_of(const DrawnPrecision& values) { return std::bit_cast<Bits>(values); }

void expect_same_as_score_category(const EvalFixture& fixture, std::uint64_t seed) {
  const auto matches = match_coco(fixture.truth, fixture.found);
  ASSERT_TRUE(matches.ok());
  const DrawCounts draws = random_draws(matches->image_ids.size(), seed);
  for (const CategoryMatches& category : matches->categories) {
    for (const SizeClass size : {SizeClass::kAll, SizeClass::kSmall, SizeClass::kMedium, SizeClass::kLarge}) {
      for (const int most : {1, 100}) {
        CountedCategories categories;
        categories.add(category, size, most);
        categories.finish();
        const CountedMatches counted = categories[0];
        const DrawnPrecision values = ResampledPrecision(kPortableIsa)(counted, draws);
        for (const Isa& isa : available_isas()) ASSERT_EQ(bits_of(ResampledPrecision(isa)(counted, draws)), bits_of(values)) << isa.name;
        for (std::size_t i = 0; i < kDrawsAtOnce; ++i) {
          const CategoryScore score = score_category(category, size, most, column(draws, i));
          ASSERT_EQ(score.is_defined, !std::isnan(values[i]));
          if (!score.is_defined) continue;
          ASSERT_NEAR(values[i], mean_of(score), 1e-12);
        }
      }
    }
  }
}

TEST(ResampledPrecision, IsThatOfScoreCategory) {
  for (const char* name : {"coco_val", "ties", "crowds", "many_detections", "no_detections", "no_truth"}) {
    SCOPED_TRACE(name);
    expect_same_as_score_category(load_eval_fixture(name), 1);
  }
  const auto fixtures = load_eval_fixtures("random_sets");
  for (std::size_t i = 0; i < fixtures.size(); ++i) {
    SCOPED_TRACE(i);
    expect_same_as_score_category(fixtures[i], i);
  }
}

// So many objects that most peaks come to no other value of recall: a chain of images with one object and four detections each.
TEST(ResampledPrecision, IsThatOfScoreCategoryWhereObjectsAreMany) {
  EvalFixture fixture;
  std::mt19937_64 random(7);
  fixture.truth.categories = {{1, "one"}};
  for (std::int64_t id = 1; id <= 6000; ++id) {
    const double side = 20 + static_cast<double>(random() % 100);
    fixture.truth.images.push_back({.id = id, .file_name = {}});
    fixture.truth.annotations.push_back({id, id, 1, {0, 0, side, side}, side * side, false});
    for (int i = 0; i < 4; ++i) {
      const double shift = static_cast<double>(random() % 30), score = static_cast<double>(random() % 1000) / (1000 + 20 * shift);
      fixture.found.push_back({id, 1, {shift, 0, side, side}, score});
    }
  }
  expect_same_as_score_category(fixture, 8);
}

}  // namespace
}  // namespace octet
