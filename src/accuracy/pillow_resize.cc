#include "accuracy/pillow_resize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace octet::accuracy {
namespace {

constexpr int kChannels = 3, kWeightBits = 22;

double bilinear(double x) { return std::max(0.0, 1 - std::abs(x)); }

// The cubic of Keys with a = -0.5.
double bicubic(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * kA : 0;
}

// The pixels that one target position reads, and with which weights.
struct Taps {
  int first = 0;
  std::vector<std::int32_t> weights;
};

std::vector<Taps> taps_of(int source, int target, PillowFilter filter) {
  const double scale = static_cast<double>(source) / target, width = std::max(scale, 1.0);
  const double support = (filter == PillowFilter::kBilinear ? 1.0 : 2.0) * width;
  std::vector<Taps> taps(static_cast<std::size_t>(target));
  for (int i = 0; i < target; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(std::floor(centre - support + 0.5)));
    const int end = std::min(source, static_cast<int>(std::floor(centre + support + 0.5)));
    std::vector<double> weights;
    double sum = 0;
    for (int at = first; at < end; ++at) {
      const double x = (at - centre + 0.5) / width;
      weights.push_back(filter == PillowFilter::kBilinear ? bilinear(x) : bicubic(x));
      sum += weights.back();
    }
    taps[static_cast<std::size_t>(i)].first = first;
    for (const double weight : weights) {
      const double part = (sum != 0 ? weight / sum : weight) * (1 << kWeightBits);
      taps[static_cast<std::size_t>(i)].weights.push_back(static_cast<std::int32_t>(part < 0 ? part - 0.5 : part + 0.5));
    }
  }
  return taps;
}

// Sum of pixels `stride` bytes apart.
std::uint8_t weighted(const std::uint8_t* pixel, std::size_t stride, const std::vector<std::int32_t>& weights) {
  std::int64_t sum = std::int64_t{1} << (kWeightBits - 1);
  for (std::size_t k = 0; k < weights.size(); ++k) sum += std::int64_t{weights[k]} * pixel[k * stride];
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kWeightBits, 0, 255));
}

cv::Mat resize_along(const cv::Mat& bytes, int width, PillowFilter filter) {
  const std::vector<Taps> taps = taps_of(bytes.cols, width, filter);
  cv::Mat result(bytes.rows, width, CV_8UC3);
  for (int y = 0; y < bytes.rows; ++y) {
    std::uint8_t* target = result.ptr(y);
    for (const Taps& at : taps) {
      const std::uint8_t* source = bytes.ptr(y) + std::ptrdiff_t{kChannels} * at.first;
      for (int c = 0; c < kChannels; ++c) *target++ = weighted(source + c, kChannels, at.weights);
    }
  }
  return result;
}

cv::Mat resize_down(const cv::Mat& bytes, int height, PillowFilter filter) {
  const std::vector<Taps> taps = taps_of(bytes.rows, height, filter);
  cv::Mat result(height, bytes.cols, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    const Taps& tap = taps[static_cast<std::size_t>(y)];
    for (int x = 0; x < kChannels * bytes.cols; ++x) result.ptr(y)[x] = weighted(bytes.ptr(tap.first) + x, bytes.step, tap.weights);
  }
  return result;
}

}  // namespace

cv::Mat pillow_resize(const cv::Mat& bytes, ImageSize target, PillowFilter filter) {
  cv::Mat result = bytes;
  if (target.width != bytes.cols) result = resize_along(result, target.width, filter);
  if (target.height != bytes.rows) result = resize_down(result, target.height, filter);
  return result;
}

}  // namespace octet::accuracy
