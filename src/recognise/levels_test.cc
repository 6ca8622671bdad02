#include "recognise/levels.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

// A map of one column and as many rows as a coarser one has cells may be read as columns behind cells.
TEST(FindLevels, ReadsAllOutputsOfAFileInOneOrder) {
  const std::vector<int> strides = {8, 16, 32, 64, 128};
  std::vector<OutputShape> maps, rows;
  for (const std::int64_t columns : {5, 4, 1})
    for (const int stride : strides) maps.push_back({"map", {1, columns, 256 / stride, 256 / stride}});
  for (const std::int64_t columns : {16, 4})  // as many as stride 64 has cells
    for (const int stride : strides) rows.push_back({"rows", {1, 256 / stride * 256 / stride, columns}});
  for (const auto& outputs : {maps, rows}) {
    const auto levels = find_levels(outputs, {256, 256});
    ASSERT_TRUE(levels.has_value());
    EXPECT_EQ(levels->strides, strides);
    EXPECT_EQ(levels->groups.size(), outputs.size() / strides.size());
    EXPECT_EQ(levels->groups[1].columns, 4);
  }
}

}  // namespace
}  // namespace octet
