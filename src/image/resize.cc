#include "image/resize.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "base/check.h"
#include "image/mat_view.h"

namespace octet {
namespace {

constexpr std::uint8_t kPadValue = 114;

// Callers split images among threads, so OpenCV starts none of its own.
void keep_opencv_single_threaded() {
  static const bool done = (cv::setNumThreads(1), true);
  static_cast<void>(done);
}

void resize_into(const Image& image, const cv::Mat& target) {
  keep_opencv_single_threaded();
  cv::resize(mat_view(image), target, target.size(), 0, 0, cv::INTER_LINEAR);
}

ImageSize letterbox_inner(ImageSize source, ImageSize target) {
  const double ratio = resize_scale(ResizeKind::kLetterboxCorner, source, target).x;
  return {std::max(1, static_cast<int>(source.width * ratio)), std::max(1, static_cast<int>(source.height * ratio))};
}

Image letterboxed(const Image& image, ImageSize target) {
  Image canvas(target);
  std::ranges::fill(canvas.bytes(), kPadValue);
  const ImageSize inner = letterbox_inner(image.size(), target);
  resize_into(image, mat_view(canvas)(cv::Rect(0, 0, inner.width, inner.height)));
  return canvas;
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
void stretch_tf1(const Image& image, ImageSize target, std::span<float> planes) {
  const std::vector<Tap> down = tf1_taps(image.height(), target.height), along = tf1_taps(image.width(), target.width);
  std::vector<double> row(image.row_bytes());
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
  const double x = static_cast<double>(target.width) / source.width, y = static_cast<double>(target.height) / source.height;
  if (kind == ResizeKind::kLetterboxCorner) return {std::min(x, y), std::min(x, y)};
  return {x, y};
}

void resize_to_planes(const Image& image, ResizeKind kind, ImageSize target, std::span<float> planes) {
  OCTET_CHECK(image.width() > 0 && image.height() > 0 && target.width > 0 && target.height > 0, "empty image");
  OCTET_CHECK(planes.size() == std::size_t{3} * target.width * target.height, "planes do not fit the target size");
  switch (kind) {
    case ResizeKind::kStretch: return planes_from_image(resized(image, target), planes);
    case ResizeKind::kStretchTf1: return stretch_tf1(image, target, planes);
    case ResizeKind::kLetterboxCorner: return planes_from_image(letterboxed(image, target), planes);
  }
}

Image resized(const Image& image, ImageSize target) {
  Image result(target);
  resize_into(image, mat_view(result));
  return result;
}

}  // namespace octet
