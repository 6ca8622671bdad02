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

inline BoxXyxy xyxy_from_ltwh(const BoxLtwh& box) {
  return {static_cast<float>(box.left), static_cast<float>(box.top), static_cast<float>(box.left + box.width),
          static_cast<float>(box.top + box.height)};
}

// The part of `box` inside [0, width] x [0, height]; a box outside becomes an empty one at the border.
inline BoxXyxy clip(const BoxXyxy& box, float width, float height) {
  return {std::clamp(box.x0, 0.0f, width), std::clamp(box.y0, 0.0f, height), std::clamp(box.x1, 0.0f, width),
          std::clamp(box.y1, 0.0f, height)};
}

// Area of anything with corners x0, y0, x1, y1, without any +1, in the type that these have; 0 if it is turned inside out.
template <typename Box>
auto area(const Box& box) {
  constexpr decltype(box.x0) kNone = 0;
  return std::max(kNone, box.x1 - box.x0) * std::max(kNone, box.y1 - box.y0);
}

// Area that two of them share.
template <typename Box>
auto shared_area(const Box& a, const Box& b) {
  return area(Box{.x0 = std::max(a.x0, b.x0), .y0 = std::max(a.y0, b.y0), .x1 = std::min(a.x1, b.x1), .y1 = std::min(a.y1, b.y1)});
}

// Intersection over union of corners; 0 where the union is empty.
inline float iou(const BoxXyxy& a, const BoxXyxy& b) {
  const float shared = shared_area(a, b), total = area(a) + area(b) - shared;
  return total > 0 ? shared / total : 0;
}

// Area that two boxes share, in double precision and in the order of operations of COCO's own code.
inline double intersection(const BoxLtwh& a, const BoxLtwh& b) {
  const double width = std::min(a.width + a.left, b.width + b.left) - std::max(a.left, b.left);
  const double height = std::min(a.height + a.top, b.height + b.top) - std::max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

// Intersection over union; 0 where nothing is shared.
inline double iou(const BoxLtwh& a, const BoxLtwh& b) {
  const double inter = intersection(a, b);
  return inter > 0 ? inter / (a.area() + b.area() - inter) : 0;
}

}  // namespace octet
