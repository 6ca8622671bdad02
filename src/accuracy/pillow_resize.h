#pragma once

#include <opencv2/core.hpp>

#include "base/image_size.h"

namespace octet::accuracy {

enum class PillowFilter { kBilinear, kBicubic };

// Bytes of 3 channels resized as Pillow's Image.resize does: a filter as wide as the reduction, first along, then down, weights of 22 bits
// and each pass rounded to bytes. Neither size may be empty. Safe from several threads.
cv::Mat pillow_resize(const cv::Mat& bytes, ImageSize target, PillowFilter filter);

}  // namespace octet::accuracy
