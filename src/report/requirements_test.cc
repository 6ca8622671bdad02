#include "report/requirements.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace octet {
namespace {

std::string error_of(std::string_view text) {
  const auto parsed = parse_requirements(text);
  return parsed.ok() ? "" : parsed.error().message;
}

TEST(ParseRequirements, ReadsAnyOfTheThree) {
  const auto parsed = *parse_requirements("max-drop=1.5,min-speedup=2");
  EXPECT_EQ(parsed.max_drop, 1.5);
  EXPECT_EQ(parsed.min_speedup, 2);
  EXPECT_FALSE(parsed.min_fidelity);
}

TEST(ParseRequirements, AsksNothingWithoutWords) { EXPECT_FALSE(parse_requirements("")->max_drop); }

TEST(ParseRequirements, QuotesTheWordThatIsWrong) {
  for (const std::string part : {"drop=1", "max-drop", "max-drop=", "max-drop=1x", "max-drop=nan", "max-drop=inf", "=1"}) {
    EXPECT_NE(error_of("min-fidelity=90," + part).find("'" + part + "'"), std::string::npos) << part;
  }
}

TEST(ParseRequirements, RefusesOneThatIsGivenTwice) {
  EXPECT_NE(error_of("max-drop=1,max-drop=2").find("'max-drop=2': given twice"), std::string::npos) << error_of("max-drop=1,max-drop=2");
}

TEST(CheckRequirements, AcceptsFiguresAtTheirBounds) {
  EXPECT_TRUE(check_requirements(*parse_requirements("max-drop=1,min-fidelity=90,min-speedup=1.2"), {0.01, 0.9, 1.2}).ok());
}

TEST(CheckRequirements, NamesEverythingThatIsNotMet) {
  const Status status = check_requirements(*parse_requirements("max-drop=1,min-fidelity=90,min-speedup=1.2"), {0.02, 0.95, 1.0});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kRequirement);
  EXPECT_EQ(status.error().message,
            "requirement not met: max-drop: 2 was measured, 1 is required; min-speedup: 1 was measured, 1.2 is required");
}

TEST(CheckRequirements, AcceptsNoFigureThatIsAbsentOrNoNumber) {
  EXPECT_FALSE(check_requirements(*parse_requirements("max-drop=1"), {}).ok());
  EXPECT_FALSE(check_requirements(*parse_requirements("max-drop=1"), {std::numeric_limits<double>::quiet_NaN(), {}, {}}).ok());
  EXPECT_FALSE(check_requirements(*parse_requirements("min-fidelity=1"), {{}, std::numeric_limits<double>::quiet_NaN(), {}}).ok());
}

TEST(CheckRequirements, TakesAFidelityWithoutObjectsForNone) {
  const Status status = check_requirements(*parse_requirements("min-fidelity=90"), {{}, -1, {}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "requirement not met: min-fidelity: was not measured here");
}

TEST(CheckRequirements, AcceptsAModelThatGained) {
  EXPECT_TRUE(check_requirements(*parse_requirements("max-drop=0"), {-0.003, {}, {}}).ok());
}

TEST(WithDefaults, AskForWhatWasMeasuredAndKeepWhatTheUserAsks) {
  const Requirements asked = with_defaults(*parse_requirements("min-speedup=2"), {0.01, -1, {}});
  EXPECT_EQ(asked.max_drop, kDefaultRequirements.max_drop);
  EXPECT_EQ(asked.min_fidelity, std::nullopt);
  EXPECT_EQ(asked.min_speedup, 2);
}

}  // namespace
}  // namespace octet
