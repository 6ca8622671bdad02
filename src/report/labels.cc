#include "report/labels.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace octet::report {
namespace {

// In units. Small screens have letters of 1.25 units, for which there is to be room as well.
constexpr double kLetterWidth = 0.6 * 1.25, kLineHeight = 1.3, kDescent = 0.3, kIndent = 0.2;

std::int64_t letters_of(const std::string& text) {
  return std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; });
}

bool overlap(const BoxXyxy& a, const BoxXyxy& b) { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1; }

class Places {
 public:
  Places(const ReportPicture& picture, double unit)
      : width_(static_cast<float>(picture.width)), height_(static_cast<float>(picture.height)), unit_(unit) {}

  std::optional<LabelPlace> take(const ReportBox& shown) {
    const BoxXyxy box = clip(shown.box_px, width_, height_);
    const double length = static_cast<double>(letters_of(label_text(shown))) * kLetterWidth * unit_;
    const double above = box.y0 - kDescent * unit_, top = box.y0 + unit_, bottom = box.y1 - kDescent * unit_, below = box.y1 + unit_;
    const double left = box.x0 + kIndent * unit_, right = box.x1 - kIndent * unit_;
    const std::array<LabelPlace, 8> candidates = {{{left, above, false},
                                                   {right, above, true},
                                                   {left, top, false},
                                                   {right, top, true},
                                                   {left, bottom, false},
                                                   {right, bottom, true},
                                                   {left, below, false},
                                                   {right, below, true}}};
    for (const LabelPlace& place : candidates)
      if (take(place, length)) return place;
    return std::nullopt;
  }

 private:
  bool take(const LabelPlace& place, double length) {
    const double x0 = place.ends_here ? place.x - length : place.x, y1 = place.y + kDescent * unit_;
    const BoxXyxy area{static_cast<float>(x0), static_cast<float>(y1 - kLineHeight * unit_), static_cast<float>(x0 + length),
                       static_cast<float>(y1)};
    if (area.x0 < 0 || area.y0 < 0 || area.x1 > width_ || area.y1 > height_) return false;
    if (std::ranges::any_of(taken_, [&](const BoxXyxy& other) { return overlap(area, other); })) return false;
    taken_.push_back(area);
    return true;
  }

  float width_, height_;
  double unit_;
  std::vector<BoxXyxy> taken_;
};

}  // namespace

std::string label_text(const ReportBox& box) { return fmt::format("{} {:.2f}", box.label, box.score); }

std::vector<std::optional<LabelPlace>> place_labels(std::span<const ShownBox> boxes, const ReportPicture& picture, double unit) {
  Places places(picture, unit);
  std::vector<std::optional<LabelPlace>> chosen;
  for (const ShownBox& shown : boxes) chosen.push_back(places.take(*shown.box));
  return chosen;
}

}  // namespace octet::report
