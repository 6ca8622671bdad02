#include "recognise/published_anchors.h"

#include <array>
#include <cmath>
#include <span>

namespace octet {
namespace {

constexpr int kSsdMaps = 6, kSsdFirstStride = 16;
constexpr int kWidestLite = 448;  // of EfficientDet-lite2

// To hundredths of a pixel, which a person reads.
float readable(double side) { return static_cast<float>(std::round(side * 100) / 100); }

ImageSize grid_of(ImageSize input, int stride) { return {(input.width + stride - 1) / stride, (input.height + stride - 1) / stride}; }

}  // namespace

std::vector<DenseHead::AnchorMap> ssd_anchors(ImageSize input) {
  std::vector<DenseHead::AnchorMap> maps;
  const auto size = [](int map) { return map < kSsdMaps ? 0.2 + 0.15 * map : 1.0; };
  ImageSize grid = grid_of(input, kSsdFirstStride);
  for (int i = 0; i < kSsdMaps; ++i) {
    DenseHead::AnchorMap& map = maps.emplace_back(DenseHead::AnchorMap{grid.width, grid.height, {}});
    const auto add = [&](double side, double ratio) {
      map.anchors.push_back({readable(side * std::sqrt(ratio) * input.width), readable(side / std::sqrt(ratio) * input.height)});
    };
    if (i == 0) {
      add(0.1, 1);
      add(size(0), 2);
      add(size(0), 0.5);
    } else {
      for (const double ratio : {1.0, 2.0, 0.5, 3.0, 0.3333}) add(size(i), ratio);
      add(std::sqrt(size(i) * size(i + 1)), 1);
    }
    grid = grid_of(grid, 2);
  }
  return maps;
}

std::vector<DenseHead::AnchorMap> efficientdet_anchors(const std::vector<int>& strides, int anchors, ImageSize input) {
  constexpr std::array kAllRatios = {1.0, 2.0, 0.5};
  const std::span<const double> ratios(kAllRatios.data(), anchors % 3 == 0 ? 3 : 1);
  const int scales = anchors / static_cast<int>(ratios.size());
  const double in_strides = input.width <= kWidestLite ? 3 : 4;
  std::vector<DenseHead::AnchorMap> maps;
  for (const int stride : strides) {
    const ImageSize grid = grid_of(input, stride);
    DenseHead::AnchorMap& map = maps.emplace_back(DenseHead::AnchorMap{grid.width, grid.height, {}});
    for (int scale = 0; scale < scales; ++scale) {
      // As many pixels as the picture has for a cell, which is not the stride where it does not divide the picture.
      const double size = in_strides * std::exp2(static_cast<double>(scale) / scales);
      const double width = size * input.width / grid.width, height = size * input.height / grid.height;
      for (const double ratio : ratios) map.anchors.push_back({readable(width * std::sqrt(ratio)), readable(height / std::sqrt(ratio))});
    }
  }
  return maps;
}

}  // namespace octet
