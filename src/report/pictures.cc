// Pictures with the boxes of both models, those that changed most first.
#include <algorithm>
#include <map>
#include <span>

#include <fmt/format.h>

#include "report/changes.h"
#include "report/html.h"
#include "report/labels.h"
#include "report/views.h"

namespace octet::report {
namespace {

constexpr std::size_t kMostBoxes = 100;  // of each model in one picture
constexpr std::size_t kNamesInCaption = 4;
constexpr double kFrameAspect = 4.0 / 3;  // of the frame that a picture is fitted into, as in style.css

constexpr const char* kFates[] = {"", " lost", " new"};  // by Fate

std::string pixels(double value) { return fmt::format("{:.1f}", value); }

// A box without a place for its label says it to the pointer.
Json box_view(const ShownBox& shown, const std::optional<TextPlace>& place, const ReportPicture& picture, double confident) {
  const BoxXyxy box = clip(shown.box->box_px, static_cast<float>(picture.width), static_cast<float>(picture.height));
  Json text;
  if (place) text = {{"text_x", pixels(place->x)}, {"text_y", pixels(place->y)}, {"ends_here", place->ends_here}};
  return {{"fate", kFates[static_cast<int>(shown.fate)]},
          {"score", fmt::format("{:.4f}", shown.box->score)},
          {"is_hidden", shown.box->score < confident},
          {"x", pixels(box.x0)},
          {"y", pixels(box.y0)},
          {"w", pixels(std::max(0.0f, box.x1 - box.x0))},
          {"h", pixels(std::max(0.0f, box.y1 - box.y0))},
          {"place", text},
          {"label", label_text(*shown.box)}};
}

Json layer(const std::vector<ShownBox>& all, const char* kind, const ReportPicture& picture, double unit, double confident) {
  const std::span shown = std::span(all).first(std::min(all.size(), kMostBoxes));
  const auto places = place_texts(shown, picture, unit);
  Json boxes = Json::array();
  for (std::size_t i = shown.size(); i-- > 0;)  // the best is drawn last, on top
    boxes.push_back(box_view(shown[i], places[i], picture, confident));
  return {{"kind", kind}, {"boxes", boxes}};
}

// "cup 0.87, dog 0.50 and 2 more"; null if there are none.
Json list_of(const std::vector<const ReportBox*>& boxes) {
  if (boxes.empty()) return {};
  std::string text;
  for (std::size_t i = 0; i < std::min(boxes.size(), kNamesInCaption); ++i) text += (i == 0 ? "" : ", ") + label_text(*boxes[i]);
  if (boxes.size() > kNamesInCaption) text += fmt::format(" and {} more", boxes.size() - kNamesInCaption);
  return text;
}

// "3 person, 1 dog".
std::string inventory(const std::vector<ShownBox>& boxes, double confident) {
  std::map<std::string, int> counts;
  for (const ShownBox& shown : boxes)
    if (shown.box->score >= confident) ++counts[shown.box->label];
  std::string text;
  for (const auto& [label, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, label);
  return text.empty() ? "nothing" : text;
}

Json figure(const ReportInput& input, const PictureChange& change) {
  const ReportPicture& picture = *change.picture;
  const double confident = input.picture_score;
  const double unit = std::max<double>(picture.width, picture.height * kFrameAspect) / 42;  // height of a label, one on the page
  return {{"amount", fmt::format("{:.4f}", change.amount)},
          {"name", picture.name},
          {"alt", fmt::format("{}: {} finds {}; {} finds {}", picture.name, input.first.label, inventory(change.first, confident),
                              input.second.label, inventory(change.second, confident))},
          {"width", picture.width},
          {"height", picture.height},
          {"media_type", picture.media_type},
          {"base64", base64(picture.bytes)},
          {"unit", pixels(unit)},
          {"layers", {layer(change.first, "first", picture, unit, confident), layer(change.second, "second", picture, unit, confident)}},
          {"kept_here", change.kept},
          {"lost_here", list_of(change.lost)},
          {"new_here", list_of(change.added)},
          {"credit", picture.credit.empty() ? Json() : Json(picture.credit)}};
}

}  // namespace

Json pictures_view(const ReportInput& input) {
  if (input.pictures.empty()) return {};
  std::size_t kept = 0, lost = 0, added = 0;
  Json figures = Json::array();
  for (const PictureChange& change : changed_most_first(input.pictures, input.picture_score, input.faint_score)) {
    kept += static_cast<std::size_t>(change.kept);
    lost += change.lost.size();
    added += change.added.size();
    figures.push_back(figure(input, change));
  }
  return {{"count", count_of(static_cast<std::int64_t>(figures.size()), "picture", "pictures")},
          {"kept", kept},
          {"lost", lost},
          {"added", added},
          {"faint", fmt::format("{:.2f}", input.faint_score)},
          {"score", fmt::format("{:.2f}", input.picture_score)},
          {"pictures", figures}};
}

}  // namespace octet::report
