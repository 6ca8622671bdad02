#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "kernels/view.h"

// Random images for property tests of kernels.
namespace octet::kernels::test {

inline int pick(int low, int high) { return *rc::gen::resize(100, rc::gen::inRange(low, high + 1)); }

inline std::uint8_t pick_u8(bool extremes) { return static_cast<std::uint8_t>(extremes ? 255 * pick(0, 1) : pick(0, 255)); }

// A number of channels, with the lengths of vectors and their neighbours often among them.
inline int pick_channels() {
  switch (pick(0, 3)) {
    case 0:
      return pick(1, 9);
    case 1:
      return 16 * pick(1, 9) + pick(-1, 1);
    default:
      return pick(1, 150);
  }
}

// An image whose pixels may lie apart, with elements before, between and behind them that must not change.
template <typename T>
struct Image {
  std::vector<T> values;
  ImageView<T> view;

  Image(std::int64_t height, std::int64_t width, std::int64_t channels, bool dense = pick(0, 1)) {
    const std::int64_t before = pick(0, 3), stride = channels + (dense ? 0 : pick(1, 70));
    values.resize(static_cast<std::size_t>(before + height * width * stride) + kReadSlack / sizeof(T), T{77});
    view = {values.data() + before, height, width, channels, stride};
  }
  Image(const Image& other) : values(other.values), view(other.view) {
    view.data = values.data() + (other.view.data - other.values.data());
  }
  Image& operator=(const Image&) = delete;

  // The same layout, all elements as a new image has them.
  Image blank() const {
    Image image = *this;
    std::fill(image.values.begin(), image.values.end(), T{77});
    return image;
  }

  template <typename Value>
  Image& fill(const Value& value) {
    for (std::int64_t pixel = 0; pixel < view.pixels(); ++pixel)
      for (std::int64_t c = 0; c < view.channels; ++c) view.data[pixel * view.pixel_stride + c] = value();
    return *this;
  }
};

// Where two images of one layout differ, or nothing. NaN equals NaN; zeros are equal whatever their signs.
template <typename T>
std::string difference(const Image<T>& result, const Image<T>& expected) {
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    const T a = result.values[i], b = expected.values[i];
    if (a != b && !(a != a && b != b))
      return "element " + std::to_string(i) + ": " + std::to_string(a) + " instead of " + std::to_string(b);
  }
  return "";
}

}  // namespace octet::kernels::test
