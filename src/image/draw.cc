#include "image/draw.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "boxes/label_places.h"
#include "image/mat_view.h"
#include "image/resize.h"

namespace octet {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr int kCaptionHeightAtScale1 = 36;

cv::Scalar scalar_of(Colour colour) { return {double(colour.b), double(colour.g), double(colour.r)}; }

// Sizes of what is drawn, in pixels, for an image of some size.
struct Pen {
  double font_scale;
  int line, padding;
};

Pen pen_for(ImageSize size) {
  const double side = std::max(size.width, size.height);
  return {std::clamp(side / 1300, 0.4, 3.0), std::clamp(static_cast<int>(std::lround(side / 320)), 1, 12),
          std::clamp(static_cast<int>(side / 200), 2, 16)};
}

int text_weight(const Pen& pen) { return std::max(1, static_cast<int>(std::lround(pen.font_scale * 1.5))); }

// Black on light colours, white on dark ones.
Colour ink_on(Colour paper) {
  const int luma = 114 * paper.b + 587 * paper.g + 299 * paper.r;
  return luma > 140'000 ? Colour{} : Colour{255, 255, 255};
}

// Coordinates that OpenCV's fixed point can hold, wherever the box claims to be.
float whole_pixel(float value, int limit) {
  return std::isnan(value) ? 0 : std::round(std::clamp(value, -16.0f, static_cast<float>(limit) + 16));
}

BoxXyxy pixels_of(const LabelledBox& box, ImageSize size) {
  return {whole_pixel(box.x0, size.width), whole_pixel(box.y0, size.height), whole_pixel(box.x1, size.width),
          whole_pixel(box.y1, size.height)};
}

// The text and its background, as they fill the area that a label is given.
struct Label {
  cv::Size text;
  int baseline = 0;

  Label(const std::string& words, const Pen& pen) : text(cv::getTextSize(words, kFont, pen.font_scale, text_weight(pen), &baseline)) {}
  int width(const Pen& pen) const { return text.width + 2 * pen.padding; }
  int height(const Pen& pen) const { return text.height + baseline + pen.padding; }
};

void draw_label(cv::Mat& canvas, const LabelledBox& box, cv::Point corner, const Pen& pen) {
  const Label label(box.text, pen);
  cv::rectangle(canvas, cv::Rect(corner.x, corner.y, label.width(pen), label.height(pen)), scalar_of(box.colour), cv::FILLED);
  cv::putText(canvas, box.text, {corner.x + pen.padding, corner.y + label.text.height + pen.padding / 2}, kFont, pen.font_scale,
              scalar_of(ink_on(box.colour)), text_weight(pen), cv::LINE_AA);
}

// Over all frames, so that no line runs through a text.
void draw_labels(cv::Mat& canvas, std::span<const LabelledBox> boxes, const Pen& pen) {
  std::vector<const LabelledBox*> labelled;
  std::vector<LabelToPlace> labels;
  for (const LabelledBox& box : boxes) {
    if (box.text.empty()) continue;
    const Label label(box.text, pen);
    labelled.push_back(&box);
    labels.push_back(
        {pixels_of(box, {canvas.cols, canvas.rows}), static_cast<float>(label.width(pen)), static_cast<float>(label.height(pen))});
  }
  const auto places = place_labels(labels, static_cast<float>(canvas.cols), static_cast<float>(canvas.rows));
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i])
      draw_label(canvas, *labelled[i], {static_cast<int>(places[i]->area_px.x0), static_cast<int>(places[i]->area_px.y0)}, pen);
}

// One picture scaled to `height` under a caption on a dark band.
Image captioned(const Image& image, std::string_view caption, int height) {
  const int width = std::max(1, static_cast<int>(std::lround(static_cast<double>(image.width()) * height / image.height())));
  const Image scaled = image.height() == height ? image : resized(image, {width, height});
  const double scale = std::clamp(width / 640.0, 0.5, 2.5);
  const int band = static_cast<int>(kCaptionHeightAtScale1 * scale);
  Image result({scaled.width(), height + band});
  std::ranges::fill(result.bytes(), std::uint8_t{32});
  std::ranges::copy(scaled.bytes(), result.row(band));
  cv::Mat canvas = mat_view(result);
  cv::putText(canvas, std::string(caption), {static_cast<int>(10 * scale), static_cast<int>(25 * scale)}, kFont, 0.7 * scale,
              {240, 240, 240}, std::max(1, static_cast<int>(std::lround(1.6 * scale))), cv::LINE_AA);
  return result;
}

}  // namespace

Colour class_colour(int class_index) {
  constexpr double kGoldenRatio = 0.61803398874989485;
  const double hue = std::fmod(std::abs(static_cast<double>(class_index)) * kGoldenRatio, 1.0) * 6;
  constexpr double kLow = 40, kHigh = 245;
  const auto channel = [hue](double shift) {
    const double position = std::fmod(hue + shift, 6.0);
    const double level = std::clamp(std::min(position, 4 - position), 0.0, 1.0);
    return static_cast<std::uint8_t>(std::lround(kLow + (kHigh - kLow) * level));
  };
  return {channel(4), channel(0), channel(2)};
}

void draw_boxes(Image& image, std::span<const LabelledBox> boxes) {
  cv::Mat canvas = mat_view(image);
  const Pen pen = pen_for(image.size());
  for (const LabelledBox& box : boxes) {
    const BoxXyxy frame = pixels_of(box, image.size());
    cv::rectangle(canvas, cv::Point2i(cv::Point2f(frame.x0, frame.y0)), cv::Point2i(cv::Point2f(frame.x1, frame.y1)), scalar_of(box.colour),
                  pen.line);
  }
  draw_labels(canvas, boxes, pen);
}

Image side_by_side(const Image& left, std::string_view left_caption, const Image& right, std::string_view right_caption) {
  const int height = std::max(left.height(), right.height());
  const std::array parts = {captioned(left, left_caption, height), captioned(right, right_caption, height)};
  constexpr int kGap = 4;
  Image result({parts[0].width() + kGap + parts[1].width(), std::max(parts[0].height(), parts[1].height())});
  std::ranges::fill(result.bytes(), std::uint8_t{32});
  int left_edge = 0;
  for (const Image& part : parts) {
    const int top = result.height() - part.height();  // pictures end on one line
    for (int y = 0; y < part.height(); ++y) std::copy_n(part.row(y), part.row_bytes(), result.row(top + y) + std::size_t{3} * left_edge);
    left_edge += part.width() + kGap;
  }
  return result;
}

}  // namespace octet
