// The kinds of `aspect_ratio_scale`. Sizes are truncated as Python's int() does, and hence are formed in double in upstream's order.

#include <algorithm>
#include <array>
#include <cmath>

#include "accuracy/preprocessing.h"

namespace octet::accuracy {
namespace {

int truncated(double side) { return static_cast<int>(std::clamp(side, 0.0, 1e6)); }

ImageSize scaled(ImageSize source, double scale) { return {truncated(source.width * scale), truncated(source.height * scale)}; }

ImageSize by_width(ImageSize target, ImageSize source) {
  return {truncated(static_cast<double>(target.width) * source.width / source.height), target.height};
}

ImageSize by_height(ImageSize target, ImageSize source) {
  return {target.width, truncated(static_cast<double>(target.height) * source.height / source.width)};
}

ImageSize by_greater(ImageSize target, ImageSize source) {
  return source.height > source.width ? by_height(target, source) : by_width(target, source);
}

ImageSize fit_to_window(ImageSize target, ImageSize source) {
  return scaled(source, std::min(static_cast<double>(target.height) / source.height, static_cast<double>(target.width) / source.width));
}

ImageSize frcnn(ImageSize target, ImageSize source) {
  const int least = std::min(target.width, target.height), most = std::max(target.width, target.height);
  const ImageSize size = by_greater({least, least}, source);
  return std::max(size.width, size.height) <= most ? size : fit_to_window({most, most}, source);
}

ImageSize ctpn(ImageSize target, ImageSize source) {
  const int least = std::min(target.width, target.height), most = std::max(target.width, target.height);
  const int shorter = std::min(source.width, source.height), longer = std::max(source.width, source.height);
  double scale = static_cast<double>(least) / shorter;
  if (std::nearbyint(scale * longer) > most) scale = static_cast<double>(most) / longer;
  return {truncated(std::nearbyint(source.width * scale)), truncated(std::nearbyint(source.height * scale))};
}

ImageSize east(ImageSize target, ImageSize source) {
  const int unit = std::min(target.width, target.height), most = std::max(target.width, target.height);
  const int longer = std::max(source.width, source.height);
  const ImageSize size = scaled(source, longer > most ? static_cast<double>(most) / longer : 1.0);
  const auto side = [&](int length) { return std::max(32, length % unit == 0 ? length : (length / unit - 1) * unit); };
  return {side(size.width), side(size.height)};
}

ImageSize min_ratio(ImageSize target, ImageSize source) {
  const double ratio = std::min(static_cast<double>(source.height) / target.height, static_cast<double>(source.width) / target.width);
  return {truncated(source.width / ratio), truncated(source.height / ratio)};
}

ImageSize mask_rcnn(ImageSize target, ImageSize source) {
  return scaled(source, static_cast<double>(std::min(target.width, target.height)) / std::min(source.width, source.height));
}

constexpr std::array<AspectRatioScale, 9> kScales{{{"width", by_width},
                                                   {"height", by_height},
                                                   {"greater", by_greater},
                                                   {"fit_to_window", fit_to_window},
                                                   {"frcnn_keep_aspect_ratio", frcnn},
                                                   {"ctpn_keep_aspect_ratio", ctpn},
                                                   {"east_keep_aspect_ratio", east},
                                                   {"min_ratio", min_ratio},
                                                   {"mask_rcnn_benchmark_aspect_ratio", mask_rcnn}}};

}  // namespace

std::span<const AspectRatioScale> aspect_ratio_scales() { return kScales; }

}  // namespace octet::accuracy
