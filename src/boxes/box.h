#pragma once

#include <algorithm>

namespace octet {

// Corners, in whatever frame the name of the variable says (_px source image, _net network input, _norm 0..1).
struct BoxXyxy {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool operator==(const BoxXyxy&) const = default;
};

// Left, top, width, height in pixels of the source image, as COCO's files have it.
struct BoxLtwh {
  double left = 0, top = 0, width = 0, height = 0;
  double area() const { return width * height; }
  bool operator==(const BoxLtwh&) const = default;
};

inline BoxLtwh ltwh_from_xyxy(const BoxXyxy& box) {
  return {box.x0, box.y0, static_cast<double>(box.x1) - box.x0, static_cast<double>(box.y1) - box.y0};
}

// Intersection over union of corners without any +1; 0 where the union is empty.
inline float iou(const BoxXyxy& a, const BoxXyxy& b) {
  const float width = std::max(0.0f, std::min(a.x1, b.x1) - std::max(a.x0, b.x0));
  const float height = std::max(0.0f, std::min(a.y1, b.y1) - std::max(a.y0, b.y0));
  const float inter = width * height;
  const auto area = [](const BoxXyxy& box) { return std::max(0.0f, box.x1 - box.x0) * std::max(0.0f, box.y1 - box.y0); };
  const float total = area(a) + area(b) - inter;
  return total > 0 ? inter / total : 0;
}

}  // namespace octet
