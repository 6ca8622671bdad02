#include "image/draw.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

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
cv::Point clamped_point(float x, float y, ImageSize size) {
  const auto clamped = [](float value, int limit) {
    return std::isnan(value) ? 0 : static_cast<int>(std::lround(std::clamp(value, -16.0f, static_cast<float>(limit) + 16)));
  };
  return {clamped(x, size.width), clamped(y, size.height)};
}

void draw_label(cv::Mat& canvas, const LabelledBox& box, cv::Point corner, const Pen& pen) {
  int baseline = 0;
  const cv::Size text = cv::getTextSize(box.text, kFont, pen.font_scale, text_weight(pen), &baseline);
  const int width = text.width + 2 * pen.padding, height = text.height + baseline + pen.padding;
  const int left = std::clamp(corner.x, 0, std::max(0, canvas.cols - width));
  const int top = corner.y - height >= 0 ? corner.y - height : std::max(0, corner.y);
  cv::rectangle(canvas, cv::Rect(left, top, width, height), scalar_of(box.colour), cv::FILLED);
  cv::putText(canvas, box.text, {left + pen.padding, top + text.height + pen.padding / 2}, kFont, pen.font_scale,
              scalar_of(ink_on(box.colour)), text_weight(pen), cv::LINE_AA);
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
    const cv::Point top_left = clamped_point(box.x0, box.y0, image.size()), bottom_right = clamped_point(box.x1, box.y1, image.size());
    cv::rectangle(canvas, top_left, bottom_right, scalar_of(box.colour), pen.line);
    if (!box.text.empty()) draw_label(canvas, box, top_left, pen);
  }
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
