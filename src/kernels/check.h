#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <type_traits>
#include <vector>

#include "kernels/activation/activation.h"
#include "kernels/requantize.h"
#include "kernels/view.h"

// Random input for the checks of kernels against their references: `octet selftest` runs them on a user's machine.
namespace octet::kernels {

// The same seed gives the same numbers.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  std::int64_t between(std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(engine_); }
  bool coin() { return between(0, 1) != 0; }
  float real(float low, float high) { return std::uniform_real_distribution<float>(low, high)(engine_); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(between(0, 255)); }
  std::vector<float> reals(std::int64_t count, float low, float high);
  template <typename T>
  std::vector<T> integers(std::int64_t count, int low, int high) {
    std::vector<T> values(static_cast<std::size_t>(count));
    for (T& value : values) value = static_cast<T>(between(low, high));
    return values;
  }

 private:
  std::mt19937 engine_;
};

// An image with memory of its own, the slack that kernels may read, and at times a gap between pixels that no kernel may write.
template <typename T>
struct Picture {
  std::vector<T> values;
  std::int64_t height, width, channels, stride;

  Picture(std::int64_t h, std::int64_t w, std::int64_t c) : height(h), width(w), channels(c), stride(c + (h + w) % 2 * 5) {
    values.resize(static_cast<std::size_t>(h * w * stride) + kReadSlack);
  }
  ImageView<T> view() { return {values.data(), height, width, channels, stride}; }
};

Picture<float> random_floats(Random& random, std::int64_t height, std::int64_t width, std::int64_t channels);
Picture<std::uint8_t> random_bytes(Random& random, std::int64_t height, std::int64_t width, std::int64_t channels);

// The greatest difference of an element, gaps and slack included: of floats relative to the greatest expected value or 1, whichever is
// more. NaN equals NaN and no number.
template <typename T>
double difference(std::span<const T> expected, std::span<const T> found) {
  double greatest = 0, scale = 1;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto wanted = static_cast<double>(expected[i]), got = static_cast<double>(found[i]);
    if (std::is_floating_point_v<T> && std::isfinite(wanted)) scale = std::max(scale, std::abs(wanted));
    if (wanted == got || (std::isnan(wanted) && std::isnan(got))) continue;
    const double distance = std::abs(wanted - got);
    if (!std::isfinite(distance)) return std::numeric_limits<double>::infinity();
    greatest = std::max(greatest, distance);
  }
  return greatest / scale;
}

template <typename T>
double difference(const Picture<T>& expected, const Picture<T>& found) {
  return difference(std::span<const T>(expected.values), std::span<const T>(found.values));
}

// How far compute(out) is from reference(out), which both get an image of this size.
template <typename Out, typename Reference, typename Compute>
double difference_of(const Picture<Out>& blank, const Reference& reference, const Compute& compute) {
  Picture<Out> expected = blank, found = blank;
  reference(expected.view());
  compute(found.view());
  return difference(expected, found);
}

// out = value(y, x, c) for each element.
template <typename T, typename Value>
void define(const ImageView<T>& out, const Value& value) {
  for (std::int64_t y = 0; y < out.height; ++y)
    for (std::int64_t x = 0; x < out.width; ++x)
      for (std::int64_t c = 0; c < out.channels; ++c) out.pixel(y, x)[c] = value(y, x, c);
}

// Of any kind.
Activation random_activation(Random& random);
Requantization random_requantization(Random& random, std::int64_t channels, bool to_u8);

// Of an integer convolution: bytes, or bytes less a zero point.
std::vector<std::int16_t> random_weights(Random& random, std::int64_t count);

// A square image and a window that slides over it.
struct RandomWindow {
  std::int64_t kernel, stride, pad, in, out;

  explicit RandomWindow(Random& random);
};

}  // namespace octet::kernels
