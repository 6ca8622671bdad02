#include "base/columns.h"

#include <limits>

#include <gtest/gtest.h>

namespace octet {
namespace {

std::vector<std::int64_t> values_of(const IntegerColumn& column) {
  std::vector<std::int64_t> values;
  for (std::size_t row = 0; row < column.size(); ++row) values.push_back(column[row]);
  return values;
}

TEST(IntegerColumn, GivesBackNarrowAndWideValues) {
  constexpr std::int64_t kNarrow = std::numeric_limits<std::int32_t>::max(), kWide = std::numeric_limits<std::int64_t>::min();
  IntegerColumn column;
  for (const std::int64_t value : {std::int64_t{0}, kNarrow, -kNarrow - 1}) column.push_back(value);
  EXPECT_EQ(values_of(column), (std::vector<std::int64_t>{0, kNarrow, -kNarrow - 1}));
  for (const std::int64_t value : {kNarrow + 1, std::int64_t{-3}, kWide}) column.push_back(value);
  EXPECT_EQ(values_of(column), (std::vector<std::int64_t>{0, kNarrow, -kNarrow - 1, kNarrow + 1, -3, kWide}));
}

TEST(IntegerColumn, MayBeginWithAWideValue) {
  IntegerColumn column;
  column.push_back(std::int64_t{1} << 40);
  column.push_back(7);
  EXPECT_EQ(values_of(column), (std::vector<std::int64_t>{std::int64_t{1} << 40, 7}));
}

TEST(TextColumn, GivesBackTextsOfAnyLength) {
  TextColumn column;
  for (const std::string_view text : {"", "a.jpg", "", "\xc3\xa9/b c.png"}) column.push_back(text);
  ASSERT_EQ(column.size(), 4u);
  EXPECT_EQ(column[0], "");
  EXPECT_EQ(column[1], "a.jpg");
  EXPECT_EQ(column[2], "");
  EXPECT_EQ(column[3], "\xc3\xa9/b c.png");
}

TEST(Rows, AreChosenChangedAndErased) {
  std::vector<int> list{1, 2, 3, 4};
  EXPECT_EQ(rows_of(list, std::vector<std::size_t>{3, 0}), (std::vector<int>{4, 1}));
  change_rows(list, [](int& row) { row *= 10; });
  EXPECT_EQ(list, (std::vector<int>{10, 20, 30, 40}));
  EXPECT_EQ(erase_rows_if(list, [](int row) { return row > 20; }), 2u);
  EXPECT_EQ(list, (std::vector<int>{10, 20}));
}

}  // namespace
}  // namespace octet
