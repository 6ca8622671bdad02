#include "boxes/label_places.h"

#include <limits>

#include <gtest/gtest.h>

namespace octet {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

bool overlap(const BoxXyxy& a, const BoxXyxy& b) { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1; }

// Ten boxes in a row, half a label apart: some labels go elsewhere at their boxes, some away.
TEST(PlaceLabels, LetsNoLabelCoverAnother) {
  std::vector<LabelToPlace> labels;
  for (int i = 0; i < 10; ++i) {
    const auto x = static_cast<float>(40 * i);
    labels.push_back({{x, 80, x + 50, 160}, 82, 13});
  }
  const auto places = place_labels(labels, 420, 200);
  ASSERT_EQ(places.size(), labels.size());
  int placed = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i]) continue;
    ++placed;
    EXPECT_EQ(clip(places[i]->area_px, 420, 200), places[i]->area_px);
    for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(places[j] && overlap(places[i]->area_px, places[j]->area_px)) << i << " covers " << j;
  }
  EXPECT_GE(placed, 9);
}

TEST(PlaceLabels, PrefersThePlaceAboveTheLeftCorner) {
  const LabelToPlace label{{100, 50, 200, 150}, 40, 13};
  EXPECT_EQ(place_labels({&label, 1}, 420, 200)[0]->area_px, (BoxXyxy{100, 37, 140, 50}));
}

TEST(PlaceLabels, GoesInsideAtTheTopEdgeAndStaysInsideAtTheRightOne) {
  const LabelToPlace label{{400, 2, 430, 150}, 40, 13};
  EXPECT_EQ(place_labels({&label, 1}, 420, 200)[0]->area_px, (BoxXyxy{380, 2, 420, 15}));
}

TEST(PlaceLabels, PlacesNothingWhereThereIsNoRoomOrNoNumber) {
  for (const LabelToPlace label : {LabelToPlace{{0, 0, 10, 10}, 40, 5}, LabelToPlace{{0, 0, 10, 10}, 5, 40}})
    EXPECT_FALSE(place_labels({&label, 1}, 20, 20)[0]);
  const LabelToPlace no_number{{0, kNan, 10, kNan}, 5, 5};
  EXPECT_FALSE(place_labels({&no_number, 1}, 20, 20)[0]);
}

}  // namespace
}  // namespace octet
