#include <gtest/gtest.h>

#include <limits>

#include "detect/decoders.h"

namespace octet {
namespace {

using Column = ListHead::Column;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

ListHead head_of(std::vector<std::string> outputs, std::vector<Column> columns) { return {std::move(outputs), std::move(columns), 3}; }

std::vector<Candidate> decoded(const ListHead& head, const std::vector<NamedOutput>& outputs) {
  std::vector<OutputType> types;
  for (const NamedOutput& output : outputs) types.push_back({output.name, ElementType::kF32, output.shape});
  EXPECT_TRUE(check_outputs(head, {}, types).ok());
  std::vector<Candidate> found;
  ModelDescription description;
  description.head = head;
  EXPECT_TRUE(decode(head, description, outputs, 0.1, found).ok());
  return found;
}

TEST(DecodeList, ReadsTheRowsOfOneOutput) {
  const ListHead head = head_of({"out"}, {Column::kX0, Column::kY0, Column::kX1, Column::kY1, Column::kScore, Column::kClass});
  const std::vector<float> rows = {1, 2, 3, 4, 0.5f, 2, 1, 2, 3, 4, 0.05f, 1, 1, 2, 3, 4, 0.5f, 3, 1, 2, kInfinity, 4, 0.5f, 1};
  const auto found = decoded(head, {{"out", {1, 4, 6}, rows}});
  ASSERT_EQ(found.size(), 1u) << "the others are below the threshold, of no class, not finite";
  EXPECT_EQ(found[0].class_index, 2);
  EXPECT_EQ(found[0].score, 0.5);
  EXPECT_EQ(found[0].x0, 1);
  EXPECT_EQ(found[0].y1, 4);
}

TEST(DecodeList, ReadsOutputsSideBySide) {
  const ListHead head =
      head_of({"labels", "boxes", "scores"}, {Column::kClass, Column::kX0, Column::kY0, Column::kX1, Column::kY1, Column::kScore});
  const std::vector<float> labels = {0, 1}, boxes = {0, 0, 0, 0, 5, 6, 7, 8}, scores = {0, 0.75f};
  const auto found = decoded(head, {{"boxes", {1, 2, 4}, boxes}, {"labels", {1, 2}, labels}, {"scores", {1, 2}, scores}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].class_index, 1);
  EXPECT_EQ(found[0].x1, 7);
}

TEST(DecodeList, EndsWhereTheImageIsNegative) {
  const ListHead head =
      head_of({"out"}, {Column::kImage, Column::kX0, Column::kY0, Column::kX1, Column::kY1, Column::kClass, Column::kScore});
  const std::vector<float> rows = {0, 1, 2, 3, 4, 1, 0.5f, -1, 1, 2, 3, 4, 1, 0.5f, 0, 1, 2, 3, 4, 1, 0.5f};
  EXPECT_EQ(decoded(head, {{"out", {3, 7}, rows}}).size(), 1u);
}

TEST(DecodeList, RefusesColumnsOfAnotherNumber) {
  const ListHead head = head_of({"out"}, {Column::kX0, Column::kY0, Column::kX1, Column::kY1, Column::kScore, Column::kClass});
  const OutputType output{"out", ElementType::kF32, {1, 300, 7}};
  const Status status = check_outputs(head, {}, std::span(&output, 1));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "the outputs [out] have 7 columns, but octet_columns names 6");
}

}  // namespace
}  // namespace octet
