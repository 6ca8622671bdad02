#include "image/resize.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "base/check.h"
#include "image/mat_view.h"

namespace octet {
namespace {

constexpr int kPad = 114, kDarknetPad = 128;

// Callers split images among threads, so OpenCV starts none of its own.
void keep_opencv_single_threaded() {
  static const bool done = (cv::setNumThreads(1), true);
  static_cast<void>(done);
}

void resize_into(const PixelView& image, const cv::Mat& target) {
  keep_opencv_single_threaded();
  // OpenCV has no read-only form; it only reads.
  const cv::Mat source(image.height(), image.width(), CV_8UC3, const_cast<std::uint8_t*>(image.row(0)), image.row_stride());
  cv::resize(source, target, target.size(), 0, 0, cv::INTER_LINEAR);
}

double letterbox_ratio(ImageSize source, ImageSize target) {
  return std::min(static_cast<double>(target.width) / source.width, static_cast<double>(target.height) / source.height);
}

ImageSize corner_inner(ImageSize source, ImageSize target) {
  const double ratio = letterbox_ratio(source, target);
  return {std::max(1, static_cast<int>(source.width * ratio)), std::max(1, static_cast<int>(source.height * ratio))};
}

// In integers, as Darknet reckons.
ImageSize middle_inner(ImageSize source, ImageSize target) {
  const std::int64_t width = source.width, height = source.height;
  if (target.width * height < target.height * width) return {target.width, std::max(1, static_cast<int>(height * target.width / width))};
  return {std::max(1, static_cast<int>(width * target.height / height)), target.height};
}

// As Ultralytics and Model API reckon: half to even.
ImageSize rounded_inner(ImageSize source, ImageSize target) {
  const double ratio = letterbox_ratio(source, target);
  return {std::max(1, static_cast<int>(std::nearbyint(source.width * ratio))),
          std::max(1, static_cast<int>(std::nearbyint(source.height * ratio)))};
}

// What a kind makes of the picture itself.
ImageSize inner_size(ResizeKind kind, ImageSize source, ImageSize target) {
  switch (kind) {
    case ResizeKind::kStretch:
    case ResizeKind::kStretchTf1:
      break;
    case ResizeKind::kLetterboxCorner:
      return corner_inner(source, target);
    case ResizeKind::kLetterbox:
      return middle_inner(source, target);
    case ResizeKind::kLetterboxRounded:
      return rounded_inner(source, target);
  }
  return target;
}

// The picture in `inner` of the target, the rest of which is `pad`.
void letterbox(const PixelView& image, cv::Mat target, const cv::Rect& inner, int pad) {
  target.setTo(cv::Scalar::all(pad));
  resize_into(image, target(inner));
}

void planes_from_image(const Image& image, std::span<float> planes) {
  const std::size_t plane = planes.size() / Image::kChannels;
  const std::uint8_t* bgr = image.bytes().data();
  float *blue = planes.data(), *green = blue + plane, *red = green + plane;
  for (std::size_t i = 0; i < plane; ++i) {
    blue[i] = bgr[3 * i];
    green[i] = bgr[3 * i + 1];
    red[i] = bgr[3 * i + 2];
  }
}

// Where one target position of an axis reads: value = low + (high - low) * weight.
struct Tap {
  int low, high;
  double weight;
};

// The position is a product of floats, as in TensorFlow.
std::vector<Tap> tf1_taps(int source, int target) {
  const auto ratio = static_cast<float>(static_cast<double>(source) / target);
  std::vector<Tap> taps;
  for (int i = 0; i < target; ++i) {
    const float position = static_cast<float>(i) * ratio;
    const int low = std::min(static_cast<int>(position), source - 1);
    taps.push_back({low, std::min(low + 1, source - 1), static_cast<double>(position) - low});
  }
  return taps;
}

void blend_rows(const std::uint8_t* top, const std::uint8_t* bottom, double weight, std::span<double> row) {
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = top[i] + (bottom[i] - top[i]) * weight;
}

// Down first, then along, rounded to float once.
void stretch_tf1(const PixelView& image, ImageSize target, std::span<float> planes) {
  const std::vector<Tap> down = tf1_taps(image.height(), target.height), along = tf1_taps(image.width(), target.width);
  std::vector<double> row(static_cast<std::size_t>(image.width()) * Image::kChannels);
  const std::size_t plane = static_cast<std::size_t>(target.width) * target.height;
  for (int y = 0; y < target.height; ++y) {
    blend_rows(image.row(down[y].low), image.row(down[y].high), down[y].weight, row);
    float* out = planes.data() + static_cast<std::size_t>(y) * target.width;
    for (int x = 0; x < target.width; ++x) {
      const double *left = &row[std::size_t{3} * along[x].low], *right = &row[std::size_t{3} * along[x].high];
      for (int c = 0; c < 3; ++c) out[plane * c + x] = static_cast<float>(left[c] + (right[c] - left[c]) * along[x].weight);
    }
  }
}

}  // namespace

ResizeScale resize_scale(ResizeKind kind, ImageSize source, ImageSize target) {
  const ImageSize inner = inner_size(kind, source, target);
  const double ratio = letterbox_ratio(source, target);
  if (kind == ResizeKind::kLetterboxCorner) return {ratio, ratio};
  const int left = (target.width - inner.width) / 2, top = (target.height - inner.height) / 2;
  if (kind == ResizeKind::kLetterboxRounded) return {ratio, ratio, left, top};  // its makers divide by the ratio, rounded sides or not
  return {static_cast<double>(inner.width) / source.width, static_cast<double>(inner.height) / source.height, left, top};
}

bool resizes_to_bytes(ResizeKind kind) { return kind != ResizeKind::kStretchTf1; }

void resize_to_bytes(const PixelView& image, ResizeKind kind, ImageSize target, std::span<std::uint8_t> bgr, std::optional<int> pad) {
  OCTET_CHECK(image.width() > 0 && image.height() > 0 && target.width > 0 && target.height > 0, "empty image");
  OCTET_CHECK(bgr.size() == std::size_t{3} * target.width * target.height, "bytes do not fit the target size");
  const cv::Mat canvas(target.height, target.width, CV_8UC3, bgr.data());
  const ImageSize inner = inner_size(kind, image.size(), target);
  const ResizeScale scale = resize_scale(kind, image.size(), target);
  switch (kind) {
    case ResizeKind::kStretch:
      return resize_into(image, canvas);
    case ResizeKind::kLetterboxCorner:
    case ResizeKind::kLetterbox:
    case ResizeKind::kLetterboxRounded:
      return letterbox(image, canvas, {scale.left, scale.top, inner.width, inner.height},
                       pad.value_or(kind == ResizeKind::kLetterbox ? kDarknetPad : kPad));
    case ResizeKind::kStretchTf1:
      break;
  }
  OCTET_CHECK(false, "a kind that gives no whole numbers");
}

void resize_to_planes(const PixelView& image, ResizeKind kind, ImageSize target, std::span<float> planes, std::optional<int> pad) {
  OCTET_CHECK(image.width() > 0 && image.height() > 0 && target.width > 0 && target.height > 0, "empty image");
  OCTET_CHECK(planes.size() == std::size_t{3} * target.width * target.height, "planes do not fit the target size");
  if (!resizes_to_bytes(kind)) return stretch_tf1(image, target, planes);
  Image picture(target);
  resize_to_bytes(image, kind, target, picture.bytes(), pad);
  planes_from_image(picture, planes);
}

Image resized(const Image& image, ImageSize target) {
  Image result(target);
  resize_into(image, mat_view(result));
  return result;
}

}  // namespace octet
