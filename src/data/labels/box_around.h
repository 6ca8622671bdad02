#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

#include "boxes/box.h"

namespace octet {

// The upright box around corners x, y, x, y ..., of which there is one at least.
inline BoxLtwh box_around(std::span<const double> corners) {
  double left = corners[0], top = corners[1], right = left, bottom = top;
  for (std::size_t i = 0; i + 1 < corners.size(); i += 2) {
    left = std::min(left, corners[i]);
    right = std::max(right, corners[i]);
    top = std::min(top, corners[i + 1]);
    bottom = std::max(bottom, corners[i + 1]);
  }
  return {left, top, right - left, bottom - top};
}

// The upright box around `box`, turned clockwise about the point (x, y).
inline BoxLtwh box_around_turned(const BoxLtwh& box, double degrees, double x, double y) {
  if (degrees == 0) return box;
  const double angle = degrees * std::numbers::pi / 180, cosine = std::cos(angle), sine = std::sin(angle);
  std::array<double, 8> corners{};
  for (std::size_t i = 0; i < 4; ++i) {
    const double dx = box.left + (i & 1 ? box.width : 0) - x, dy = box.top + (i & 2 ? box.height : 0) - y;
    corners[2 * i] = x + dx * cosine - dy * sine;
    corners[2 * i + 1] = y + dx * sine + dy * cosine;
  }
  return box_around(corners);
}

}  // namespace octet
