#include "eval/fidelity.h"

#include <gtest/gtest.h>

#include "eval/fixture_for_test.h"

namespace octet {
namespace {

TEST(EvaluateFidelity, GivesTheNumbersOfPycocotools) {
  const EvalFixture fixture = load_eval_fixture("fidelity");
  std::vector<std::int64_t> images;
  for (const CocoImage& image : fixture.truth.images) images.push_back(image.id);
  const auto fidelity = evaluate_fidelity(ResultList(fixture.reference), ResultList(fixture.found), images);
  ASSERT_TRUE(fidelity.ok()) << fidelity.error().message;
  const auto values = fidelity->numbers.values();
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR(values[i], fixture.expected.at(std::string(kCocoNumberNames[i])), 1e-12) << kCocoNumberNames[i];
}

const std::vector<CocoResult> kOneStrongOneWeak = {{1, 5, {0, 0, 50, 50}, 0.3}, {2, 5, {0, 0, 20, 20}, 0.29}};

TEST(EvaluateFidelity, CountsTheReferenceFromItsThreshold) {
  EXPECT_EQ(evaluate_fidelity(ResultList(kOneStrongOneWeak), ResultList(kOneStrongOneWeak))->reference_boxes, 1);
}

TEST(EvaluateFidelity, OfAModelWithItselfIsOne) {
  EXPECT_DOUBLE_EQ(evaluate_fidelity(ResultList(kOneStrongOneWeak), ResultList(kOneStrongOneWeak))->numbers.AP, 1);
}

TEST(EvaluateFidelity, IsUndefinedWithoutReferenceBoxes) {
  EXPECT_EQ(evaluate_fidelity(ResultList(std::span(kOneStrongOneWeak).subspan(1)), ResultList(kOneStrongOneWeak))->numbers.AP, -1);
  EXPECT_EQ(evaluate_fidelity(ResultList({}), ResultList({}))->numbers.AP, -1);
}

TEST(EvaluateFidelity, IsZeroWhereNothingIsFoundAgain) {
  EXPECT_EQ(evaluate_fidelity(ResultList(kOneStrongOneWeak), ResultList({}))->numbers.AP, 0);
}

TEST(EvaluateFidelity, RefusesAResultOfAnImageThatWasNotSeen) {
  const std::int64_t image = 1;
  EXPECT_FALSE(evaluate_fidelity(ResultList(kOneStrongOneWeak), ResultList(kOneStrongOneWeak), std::span(&image, 1)).ok());
}

}  // namespace
}  // namespace octet
