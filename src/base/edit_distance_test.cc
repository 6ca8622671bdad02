#include "base/edit_distance.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

TEST(EditDistanceTest, CountsWhatIsAddedLeftOutOrReplaced) {
  EXPECT_EQ(edit_distance("quantize", "quantize"), 0u);
  EXPECT_EQ(edit_distance("quantise", "quantize"), 1u);
  EXPECT_EQ(edit_distance("detct", "detect"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "run"), 3u);
  EXPECT_EQ(edit_distance("run", ""), 3u);
}

}  // namespace
}  // namespace octet
