#include "boxes/label_places.h"

#include <array>

namespace octet {
namespace {

bool overlap(const BoxXyxy& a, const BoxXyxy& b) { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1; }

class Places {
 public:
  Places(float width, float height) : width_(width), height_(height) {}

  std::optional<LabelPlace> take(const LabelToPlace& label) {
    const BoxXyxy box = clip(label.box_px, width_, height_);
    const std::array tops = {box.y0 - label.height, box.y0, box.y1 - label.height, box.y1};
    const std::array lefts = {box.x0, box.x1 - label.width};
    const float most_left = std::max(0.0f, width_ - label.width);
    for (const float top : tops) {
      for (std::size_t side = 0; side < lefts.size(); ++side) {
        const float left = std::clamp(lefts[side], 0.0f, most_left);
        const LabelPlace place{{left, top, left + label.width, top + label.height}, side == 1};
        if (take(place.area_px)) return place;
      }
    }
    return std::nullopt;
  }

 private:
  bool take(const BoxXyxy& area) {
    const bool is_inside = area.x0 >= 0 && area.y0 >= 0 && area.x1 <= width_ && area.y1 <= height_;
    if (!is_inside || std::ranges::any_of(taken_, [&](const BoxXyxy& other) { return overlap(area, other); })) return false;
    taken_.push_back(area);
    return true;
  }

  float width_, height_;
  std::vector<BoxXyxy> taken_;
};

}  // namespace

std::vector<std::optional<LabelPlace>> place_labels(std::span<const LabelToPlace> labels, float picture_width, float picture_height) {
  Places places(picture_width, picture_height);
  std::vector<std::optional<LabelPlace>> chosen;
  for (const LabelToPlace& label : labels) chosen.push_back(places.take(label));
  return chosen;
}

}  // namespace octet
