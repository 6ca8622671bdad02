#include "report/labels.h"

#include <algorithm>

#include <fmt/format.h>

#include "boxes/label_places.h"

namespace octet::report {
namespace {

// In units. Small screens have letters of 1.25 units, for which there is to be room as well.
constexpr double kLetterWidth = 0.6 * 1.25, kLineHeight = 1.3, kDescent = 0.3, kIndent = 0.2;

std::int64_t letters_of(const std::string& text) {
  return std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; });
}

LabelToPlace label_of(const ReportBox& box, double unit) {
  const double width = (static_cast<double>(letters_of(label_text(box))) * kLetterWidth + 2 * kIndent) * unit;
  return {box.box_px, static_cast<float>(width), static_cast<float>(kLineHeight * unit)};
}

TextPlace text_place(const LabelPlace& place, double unit) {
  const double x = place.ends_at_right ? place.area_px.x1 - kIndent * unit : place.area_px.x0 + kIndent * unit;
  return {x, place.area_px.y1 - kDescent * unit, place.ends_at_right};
}

}  // namespace

std::string label_text(const ReportBox& box) { return fmt::format("{} {:.2f}", box.label, box.score); }

std::vector<std::optional<TextPlace>> place_texts(std::span<const ShownBox> boxes, const ReportPicture& picture, double unit) {
  std::vector<LabelToPlace> labels;
  for (const ShownBox& shown : boxes) labels.push_back(label_of(*shown.box, unit));
  std::vector<std::optional<TextPlace>> texts;
  for (const auto& place : place_labels(labels, static_cast<float>(picture.width), static_cast<float>(picture.height)))
    texts.push_back(place ? std::optional(text_place(*place, unit)) : std::nullopt);
  return texts;
}

}  // namespace octet::report
