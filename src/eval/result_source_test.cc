#include "eval/result_source.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

CocoResult result(std::int64_t image, std::int64_t category, double score) { return {image, category, {0, 0, 1, 1}, score}; }

const std::vector<CocoResult> kResults = {result(9, 2, 0.1), result(-3, 1, 0.2), result(9, 1, 0.3), result(9, 2, 0.4), result(4, 5, 0.5)};

std::vector<double> scores_of(std::span<const CocoResult> results) {
  std::vector<double> scores;
  for (const CocoResult& each : results) scores.push_back(each.score);
  return scores;
}

TEST(ResultList, GivesThoseOfAnImageInTheirOrder) {
  const ResultList list(kResults);
  EXPECT_EQ(std::vector(list.image_ids().begin(), list.image_ids().end()), (std::vector<std::int64_t>{-3, 4, 9}));
  std::vector<CocoResult> results;
  list.read(2, results);
  EXPECT_EQ(scores_of(results), (std::vector<double>{0.1, 0.3, 0.4}));
  list.read(0, results);
  EXPECT_EQ(scores_of(results), std::vector<double>{0.2});
  EXPECT_TRUE(ResultList({}).image_ids().empty());
}

TEST(CheckImages, NamesOneThatIsNotListed) {
  const ResultList list(kResults);
  EXPECT_TRUE(check_images(list, std::vector<std::int64_t>{-3, 4, 5, 9}).ok());
  const Status status = check_images(list, std::vector<std::int64_t>{-3, 9});
  EXPECT_EQ(status.error().message, "a result is of image 4, which the annotations do not list; are they of the same data set?");
}

}  // namespace
}  // namespace octet
