#include "eval/error_kinds.h"

#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "eval/fixture_for_test.h"

namespace octet {
namespace {

// What COCO and tidecv count in different ways (make_tide_fixture.py): crowds, boxes of categories without objects, and equal scores.
void leave_out_differences(EvalFixture& fixture) {
  for (std::size_t i = 0; i < fixture.found.size(); ++i) fixture.found[i].score -= 1e-9 * static_cast<double>(i);
  erase_rows_if(fixture.truth.annotations, [](const CocoAnnotation& annotation) { return annotation.is_crowd; });
  std::set<std::int64_t> with_objects;
  for (const CocoAnnotation& annotation : fixture.truth.annotations) with_objects.insert(annotation.category_id);
  std::erase_if(fixture.found, [&](const CocoResult& box) { return !with_objects.contains(box.category_id); });
}

// tidecv reads curves at recall k / 100, COCO at k * 0.01, which for some k is another double: a class whose recall is just there differs.
constexpr double kOtherRounding = 0.02;  // points

TEST(ErrorCosts, AreThoseOfTidecv) {
  std::ifstream file(OCTET_SOURCE_DIR "/src/eval/testdata/error_kinds.txt");
  int sets = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string name;
    words >> name;
    SCOPED_TRACE(name);
    EvalFixture fixture = load_eval_fixture(name);
    leave_out_differences(fixture);
    const auto costs = error_costs(fixture.truth, ids_of(fixture.truth), ResultList(fixture.found));
    ASSERT_TRUE(costs.ok()) << costs.error().message;
    for (std::size_t kind = 0; kind < kErrorKindCount; ++kind) {
      std::int64_t count = 0;
      double points = 0;
      words >> count >> points;
      EXPECT_EQ((*costs)[kind].count, count) << kErrorKindNames[kind];
      EXPECT_NEAR(100 * (*costs)[kind].ap50, points, kOtherRounding) << kErrorKindNames[kind];
    }
    ++sets;
  }
  EXPECT_EQ(sets, 2);
}

TEST(ErrorCosts, OfABoxInACrowdAreNone) {
  const CocoGroundTruth truth{.images = {{.id = 1, .file_name = {}}},
                              .categories = {{1, "cup"}},
                              .annotations = {{1, 1, 1, {0, 0, 10, 10}, 100, false}, {2, 1, 1, {50, 0, 90, 90}, 8100, true}}};
  const std::vector<CocoResult> found = {{1, 1, {0, 0, 10, 10}, 0.9}, {1, 1, {60, 10, 10, 10}, 0.95}};
  const ErrorCosts costs = error_costs(truth, ids_of(truth), ResultList(found)).value();
  for (const ErrorCost& cost : costs) EXPECT_EQ(cost.count, 0);
}

TEST(ErrorCosts, NameTheImageThatIsNotListed) {
  const std::vector<CocoResult> found = {{7, 1, {0, 0, 10, 10}, 0.9}};
  EXPECT_NE(error_costs({}, {}, ResultList(found)).error().message.find("image 7"), std::string::npos);
}

}  // namespace
}  // namespace octet
