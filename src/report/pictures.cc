#include <algorithm>
#include <map>
#include <span>

#include <fmt/format.h>

#include "report/changes.h"
#include "report/html.h"
#include "report/labels.h"
#include "report/sections.h"

namespace octet::report {
namespace {

constexpr std::size_t kMostBoxes = 100;  // of each model in one picture
constexpr std::size_t kNamesInCaption = 4;
constexpr double kFrameAspect = 4.0 / 3;  // of the frame that a picture is fitted into, as in style.css

const char* class_of(Fate fate) {
  switch (fate) {
    case Fate::kLost:
      return " lost";
    case Fate::kNew:
      return " new";
    case Fate::kKept:
      break;
  }
  return "";
}

// A box without room for its label says it to the pointer.
std::string label_shape(const ReportBox& box, const std::optional<TextPlace>& place) {
  const std::string text = escape(label_text(box));
  if (!place) return "<title>" + text + "</title>";
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}"{}>{}</text>)", place->x, place->y, place->ends_here ? " text-anchor=\"end\"" : "",
                     text);
}

std::string box_shape(const ShownBox& shown, const std::optional<TextPlace>& place, const ReportPicture& picture, double confident) {
  const BoxXyxy box = clip(shown.box->box_px, static_cast<float>(picture.width), static_cast<float>(picture.height));
  return fmt::format(R"(<g class="box{}" data-score="{:.4f}"{}><rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>{}</g>)",
                     class_of(shown.fate), shown.box->score, shown.box->score >= confident ? "" : " display=\"none\"", box.x0, box.y0,
                     std::max(0.0f, box.x1 - box.x0), std::max(0.0f, box.y1 - box.y0), label_shape(*shown.box, place));
}

std::string box_layer(const std::vector<ShownBox>& all, const char* kind, const ReportPicture& picture, double unit, double confident) {
  const std::span boxes = std::span(all).first(std::min(all.size(), kMostBoxes));
  const auto places = place_texts(boxes, picture, unit);
  std::string shapes;
  for (std::size_t i = boxes.size(); i-- > 0;)  // the best is drawn last, on top
    shapes += box_shape(boxes[i], places[i], picture, confident);
  return fmt::format("<g class=\"layer {}\">{}</g>", kind, shapes);
}

std::string list_of(const std::vector<const ReportBox*>& boxes) {
  std::string text;
  for (std::size_t i = 0; i < std::min(boxes.size(), kNamesInCaption); ++i)
    text += fmt::format("{}{} {:.2f}", i == 0 ? "" : ", ", escape(boxes[i]->label), boxes[i]->score);
  if (boxes.size() > kNamesInCaption) text += fmt::format(" and {} more", boxes.size() - kNamesInCaption);
  return text;
}

std::string outcome_words(const PictureChange& change) {
  std::string html = fmt::format("<span class=\"tag\">{} kept</span>", change.kept);
  if (!change.lost.empty()) html += "<span class=\"tag lost\">lost: " + list_of(change.lost) + "</span>";
  if (!change.added.empty()) html += "<span class=\"tag new\">new: " + list_of(change.added) + "</span>";
  return html;
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

std::string alt_text(const ReportInput& input, const PictureChange& change) {
  return fmt::format("{}: {} finds {}; {} finds {}", change.picture->name, input.first.label, inventory(change.first, input.picture_score),
                     input.second.label, inventory(change.second, input.picture_score));
}

std::string figure(const ReportInput& input, const PictureChange& change) {
  const ReportPicture& picture = *change.picture;
  const double unit = std::max<double>(picture.width, picture.height * kFrameAspect) / 42;  // height of a label, one on the page
  return fmt::format(
      R"(<figure class="picture" data-amount="{:.4f}"><button type="button" class="frame" aria-label="Flip {} between {} and {}">
<img alt="{}" width="{}" height="{}" src="data:{};base64,{}">
<svg viewBox="0 0 {} {}" style="--unit:{:.1f}px" aria-hidden="true">{}{}</svg>
<span class="badge first">{}</span><span class="badge second">{}</span></button>
<figcaption><span class="name">{}</span>{}{}</figcaption></figure>
)",
      change.amount, escape(picture.name), escape(input.first.label), escape(input.second.label), escape(alt_text(input, change)),
      picture.width, picture.height, escape(picture.media_type), base64(picture.bytes), picture.width, picture.height, unit,
      box_layer(change.first, "first", picture, unit, input.picture_score),
      box_layer(change.second, "second", picture, unit, input.picture_score), escape(input.first.label), escape(input.second.label),
      escape(picture.name), outcome_words(change),
      picture.credit.empty() ? "" : "<span class=\"credit\">" + escape(picture.credit) + "</span>");
}

std::string controls(const ReportInput& input) {
  const std::string first = escape(input.first.label), second = escape(input.second.label);
  return fmt::format(R"(<div class="controls" role="group" aria-label="Boxes shown">
<div class="segments"><button type="button" data-show="first" aria-pressed="false">{0}</button><button type="button" data-show="second" aria-pressed="true">{1}</button><button type="button" data-show="both" aria-pressed="false">Both</button></div>
<label class="slider">Score from <input type="range" id="score" min="{2:.2f}" max="0.9" step="0.01" value="{3:.2f}"> <output for="score">{3:.2f}</output></label>
<span class="hint">Click a picture to flip it, press <kbd>F</kbd> to flip them all.</span></div>
)",
                     first, second, input.faint_score, input.picture_score);
}

std::string summary(const std::vector<PictureChange>& changes, const ReportInput& input) {
  std::int64_t kept = 0, lost = 0, added = 0;
  for (const PictureChange& change : changes) {
    kept += change.kept;
    lost += static_cast<std::int64_t>(change.lost.size());
    added += static_cast<std::int64_t>(change.added.size());
  }
  return fmt::format(
      "<p class=\"lead\">In these {}, {} keeps <b>{}</b> of the boxes that {} scores at {:.2f} or more, loses <b>{}</b> and adds "
      "<b>{}</b>. "
      "The pictures that changed most come first.</p>\n",
      count_of(static_cast<std::int64_t>(changes.size()), "picture", "pictures"), escape(input.second.label), kept,
      escape(input.first.label), input.picture_score, lost, added);
}

}  // namespace

std::string pictures_section(const ReportInput& input) {
  if (input.pictures.empty()) return "";
  const auto changes = changed_most_first(input.pictures, input.picture_score, input.faint_score);
  std::string figures;
  for (const PictureChange& change : changes) figures += figure(input, change);
  return "<section id=\"pictures\"><h2>Pictures</h2>\n" + summary(changes, input) + controls(input) +
         "<div class=\"gallery\" data-show=\"second\">\n" + figures + "</div></section>\n";
}

}  // namespace octet::report
