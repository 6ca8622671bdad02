#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <span>
#include <string>

#include "boxes/detection.h"

namespace octet {

// Compares detections with those of an independent decoder, a line each: class, score and corners. The file must have more than so many.
inline void expect_recorded_detections(std::span<const Detection> found, const std::string& file, std::size_t more_than) {
  std::ifstream expected(file);
  std::size_t count = 0;
  int label;
  double score, x0, y0, x1, y1;
  for (; expected >> label >> score >> x0 >> y0 >> x1 >> y1; ++count) {
    ASSERT_LT(count, found.size());
    const Detection& detection = found[count];
    EXPECT_EQ(detection.class_index, label) << "line " << count + 1;
    EXPECT_NEAR(detection.score, score, 1e-6);
    EXPECT_NEAR(detection.box_px.x0, x0, 1e-4);
    EXPECT_NEAR(detection.box_px.y0, y0, 1e-4);
    EXPECT_NEAR(detection.box_px.x1, x1, 1e-4);
    EXPECT_NEAR(detection.box_px.y1, y1, 1e-4);
  }
  EXPECT_EQ(count, found.size());
  EXPECT_GT(count, more_than);
}

}  // namespace octet
