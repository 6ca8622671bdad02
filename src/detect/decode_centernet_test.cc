#include <gtest/gtest.h>

#include "detect/decoders.h"

namespace octet {
namespace {

// A map of 3x2 cells of an input of 12x8: the peak of class 1 is cell 1,1, which its neighbours do not exceed.
TEST(DecodeCenterNet, TakesPeaks) {
  const CenterNetHead head{{"centers", "sizes", "offsets"}, 2, CenterNetHead::Score::kLogit};
  ModelDescription description;
  description.input = {12, 8};
  description.head = head;
  const std::vector<float> centers = {-9, -9, -9, -9, -9, -9, -9, 0.5f, -9, -9, 1, -9};
  std::vector<float> sizes(12), offsets(12);
  sizes[4] = 2, sizes[6 + 4] = 1, offsets[4] = 0.25f, offsets[6 + 4] = 0.5f;
  const std::vector<NamedOutput> outputs = {
      {"sizes", {1, 2, 2, 3}, sizes}, {"centers", {1, 2, 2, 3}, centers}, {"offsets", {1, 2, 2, 3}, offsets}};
  std::vector<Candidate> found;
  ASSERT_TRUE(decode(head, description, outputs, 0.1, found).ok());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].class_index, 1);
  EXPECT_NEAR(found[0].score, 0.7310586, 1e-6);
  EXPECT_EQ(found[0].x0, 5 - 4);
  EXPECT_EQ(found[0].x1, 5 + 4);
  EXPECT_EQ(found[0].y0, 6 - 2);
  EXPECT_EQ(found[0].y1, 6 + 2);
}

TEST(DecodeCenterNet, RefusesMapsOfAnotherSize) {
  const CenterNetHead head{{"centers", "sizes", "offsets"}, 2};
  const auto accepts = [&](Shape sizes) {
    const std::vector<OutputType> outputs = {{"centers", ElementType::kF32, {1, 2, 4, 4}},
                                             {"sizes", ElementType::kF32, std::move(sizes)},
                                             {"offsets", ElementType::kF32, {1, 2, 4, 4}}};
    return check_outputs(head, {}, outputs).ok();
  };
  EXPECT_TRUE(accepts({1, 2, 4, 4}));
  EXPECT_FALSE(accepts({1, 2, 4, 5}));
  EXPECT_FALSE(accepts({1, 4, 4, 4}));
  EXPECT_FALSE(accepts({1, 2, 16}));
}

}  // namespace
}  // namespace octet
