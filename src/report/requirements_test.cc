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

TEST(ParseRequirements, ReadsAConfidenceOfDrops) {
  const auto parsed = *parse_requirements("max-drop=1@95%,max-class-drop=5@99.5%,max-drop-small=2,min-ap=30");
  EXPECT_EQ(parsed.max_drop, Bound(1, 0.95));
  EXPECT_EQ(parsed.max_class_drop, Bound(5, 0.995));
  EXPECT_EQ(parsed.max_drop_small, Bound(2));
  EXPECT_EQ(parsed.min_ap, Bound(30));
  for (const std::string part : {"max-drop=1@", "max-drop=1@95", "max-drop=1@0%", "max-drop=1@100%", "max-drop=1@x%", "max-drop=@95%"})
    EXPECT_NE(error_of(part).find("'" + part + "'"), std::string::npos) << part;
  EXPECT_NE(error_of("min-ap=30@95%").find("only a drop"), std::string::npos);
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

// A drop of 0.4 points of which up to 1.6 are possible.
Measured unsure() {
  Measured measured{0.004, {}, {}};
  measured.drops[Quantity::kDrop] = {0.004, [](double confidence) { return confidence < 0.6 ? 0.006 : 0.016; }};
  measured.drops[Quantity::kClassDrop] = {0.071, {}, "toaster"};
  return measured;
}

TEST(CheckRequirements, RefusesWhereTheImagesCannotTell) {
  EXPECT_TRUE(check_requirements(*parse_requirements("max-drop=1"), unsure()).ok());
  EXPECT_TRUE(check_requirements(*parse_requirements("max-drop=1@50%"), unsure()).ok());
  EXPECT_TRUE(check_requirements(*parse_requirements("max-drop=1.7@95%"), unsure()).ok());
  const Status status = check_requirements(*parse_requirements("max-drop=1@95%"), unsure());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message,
            "requirement not met: max-drop: 0.4 was measured, but these images cannot tell: 1.6 is possible at 95 %, 1 is required; more "
            "images may tell");
  EXPECT_EQ(check_requirements(*parse_requirements("max-drop=0.2@95%"), unsure()).error().message,
            "requirement not met: max-drop: 0.4 was measured, at most 1.6 at 95 %, 0.2 is required");
}

TEST(CheckRequirements, AcceptsNoConfidenceOfWhichNothingIsKnown) {
  EXPECT_FALSE(check_requirements(*parse_requirements("max-drop=9@95%"), {0.01, {}, {}}).ok());
  EXPECT_FALSE(check_requirements(*parse_requirements("max-class-drop=9@95%"), unsure()).ok());
}

TEST(CheckRequirements, NamesTheClassAndWhatIsAbsent) {
  EXPECT_EQ(check_requirements(*parse_requirements("max-class-drop=5,max-drop-small=1,min-ap=20"), unsure()).error().message,
            "requirement not met: min-ap: was not measured here; max-drop-small: was not measured here; max-class-drop: 7.1 was measured "
            "(toaster), 5 is required");
}

TEST(CheckRequirements, AcceptsAModelThatGained) {
  EXPECT_TRUE(check_requirements(*parse_requirements("max-drop=0"), {-0.003, {}, {}}).ok());
}

// As COCO reckons, of what finds all.
TEST(CheckRequirements, AcceptsAModelThatLosesNothing) {
  constexpr double kAll = 1 - 0x1p-52;
  EXPECT_TRUE(check_requirements(*parse_requirements("min-fidelity=100,max-drop=0"), {1 - kAll, kAll, {}}).ok());
  EXPECT_FALSE(check_requirements(*parse_requirements("min-fidelity=100"), {0, 0.99999, {}}).ok());
  EXPECT_FALSE(check_requirements(*parse_requirements("max-drop=0"), {0.00001, 1, {}}).ok());
}

TEST(WithDefaults, AskForWhatWasMeasuredAndKeepWhatTheUserAsks) {
  const Requirements asked = with_defaults(*parse_requirements("min-speedup=2"), {0.01, -1, {}});
  EXPECT_EQ(asked.max_drop, kDefaultRequirements.max_drop);
  EXPECT_EQ(asked.min_fidelity, std::nullopt);
  EXPECT_EQ(asked.min_speedup, 2);
}

}  // namespace
}  // namespace octet
