#include "accuracy/boxes.h"

#include <gtest/gtest.h>

#include <cmath>

namespace octet::accuracy {
namespace {

ImageBoxes boxes_of_scores(std::initializer_list<float> scores) {
  ImageBoxes boxes;
  for (const float score : scores) boxes.boxes.push_back({0, 0, 1, 1, score});
  return boxes;
}

TEST(ImageBoxes, KeepsMarksBeforeTheLastBoxThatGoes) {
  ImageBoxes boxes = boxes_of_scores({1, 2, 3, 4, 5});
  boxes.difficult = {0, 2};
  const std::vector<std::size_t> gone{1, 3};
  boxes.remove(gone);
  ASSERT_EQ(boxes.boxes.size(), 3u);
  EXPECT_EQ(boxes.boxes[1].score, 3);
  EXPECT_EQ(boxes.difficult, (std::vector<std::size_t>{0, 1}));
}

// As upstream's remove_difficult() does.
TEST(ImageBoxes, LosesMarksBehindTheLastBoxThatGoes) {
  ImageBoxes boxes = boxes_of_scores({1, 2, 3, 4, 5});
  boxes.difficult = {0, 4};
  const std::vector<std::size_t> gone{1};
  boxes.remove(gone);
  EXPECT_EQ(boxes.difficult, (std::vector<std::size_t>{0}));
}

TEST(ImageBoxes, PassesTheMarkOfABoxThatGoesToTheOneBefore) {
  ImageBoxes boxes = boxes_of_scores({1, 2, 3, 4, 5});
  boxes.difficult = {1};
  const std::vector<std::size_t> gone{1, 3};
  boxes.remove(gone);
  EXPECT_EQ(boxes.difficult, (std::vector<std::size_t>{0}));
}

// The second of two filters marks anew from the front: its mark 0 comes to -3, which Python counts from behind.
TEST(ImageBoxes, CountsMarksBeforeTheFirstFromBehind) {
  ImageBoxes boxes = boxes_of_scores({1, 2, 3, 4, 5, 6, 7});
  boxes.difficult = {4, 0};
  const std::vector<std::size_t> gone{1, 2, 3, 6};
  boxes.remove(gone);
  EXPECT_EQ(boxes.difficult, (std::vector<std::size_t>{1, 0}));
}

TEST(ImageBoxes, DropsEveryMarkWhereNothingGoes) {
  ImageBoxes boxes = boxes_of_scores({1, 2});
  boxes.difficult = {0, 1};
  boxes.remove({});
  EXPECT_EQ(boxes.boxes.size(), 2u);
  EXPECT_TRUE(boxes.difficult.empty());
}

TEST(Order, TakesTheFirstOrTheLastOfEqualScores) {
  const ImageBoxes boxes = boxes_of_scores({0.5f, 0.9f, 0.5f, NAN});
  EXPECT_EQ(by_falling_score(boxes.boxes), (std::vector<std::size_t>{1, 0, 2, 3}));
  EXPECT_EQ(by_reversed_rising_score(boxes.boxes), (std::vector<std::size_t>{1, 2, 0, 3}));
}

}  // namespace
}  // namespace octet::accuracy
