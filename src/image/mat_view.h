#pragma once

#include <opencv2/core.hpp>

#include "image/image.h"

namespace octet {

// The pixels of an image for OpenCV, without a copy. OpenCV has no read-only form; the caller of the first must not write.
inline cv::Mat mat_view(const Image& image) {
  return {image.height(), image.width(), CV_8UC3, const_cast<std::uint8_t*>(image.bytes().data())};
}
inline cv::Mat mat_view(Image& image) { return {image.height(), image.width(), CV_8UC3, image.bytes().data()}; }

}  // namespace octet
