#include "accuracy/settings.h"

#include <gtest/gtest.h>

namespace octet::accuracy {
namespace {

Settings settings_of(const char* yaml) { return {YAML::Load(yaml), "block"}; }

TEST(Settings, GivesValuesAndFallbacks) {
  Settings settings = settings_of("{a: 0.5, b: '7', c: Yes, d: '1, 2.5', e: [x, y]}");
  EXPECT_EQ(settings.number("a", 1), 0.5);
  EXPECT_EQ(settings.integer("b", 1), 7);
  EXPECT_TRUE(settings.flag("c", false));
  EXPECT_EQ(settings.numbers("d"), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(settings.texts("e"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(settings.number("f", 3), 3);
  EXPECT_TRUE(settings.finish().ok());
}

TEST(Settings, NamesTheFirstKeyThatNobodyReads) {
  Settings settings = settings_of("{a: 1, odd: 2}");
  settings.integer("a", 0);
  const Status status = settings.finish();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(status.error().message, "line 1: block: octet does not know the key 'odd'");
}

TEST(Settings, KeepsWhatWasWrongFirst) {
  Settings settings = settings_of("a: one\nb: two\n");
  settings.number("a", 0);
  settings.number("b", 0);
  const Status status = settings.finish();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "line 1: block: 'a' must be a number");
}

TEST(Settings, RefusesWhatIsNoMapAndNumbersThatAreNone) {
  EXPECT_FALSE(settings_of("[1, 2]").finish().ok());
  Settings settings = settings_of("{a: nan}");
  settings.number("a", 0);
  EXPECT_FALSE(settings.finish().ok());
}

}  // namespace
}  // namespace octet::accuracy
