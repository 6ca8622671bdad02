#include "quant/sessions.h"

#include <gtest/gtest.h>

namespace octet::quant {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

TEST(SessionsFor, AreOneForEachThreadAndPicture) {
  EXPECT_EQ(sessions_for(20 * kMegabyte, 100, 8), 8U);
  EXPECT_EQ(sessions_for(20 * kMegabyte, 3, 8), 3U);
  EXPECT_EQ(sessions_for(0, 100, 2), 2U);
  EXPECT_EQ(sessions_for(20 * kMegabyte, 0, 0), 1U);
}

TEST(SessionsFor, AreFewerWhereOneTakesMuch) {
  EXPECT_EQ(sessions_for(200 * kMegabyte, 100, 2), 1U);
  EXPECT_EQ(sessions_for(128 * kMegabyte, 100, 64), 32U);
}

}  // namespace
}  // namespace octet::quant
