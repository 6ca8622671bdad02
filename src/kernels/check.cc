#include "kernels/check.h"

#include "kernels/convolution.h"

namespace octet::kernels {

std::vector<float> Random::reals(std::int64_t count, float low, float high) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = real(low, high);
  return values;
}

Picture<float> random_floats(Random& random, std::int64_t height, std::int64_t width, std::int64_t channels) {
  Picture<float> picture(height, width, channels);
  for (float& value : picture.values) value = random.real(-2, 2);
  return picture;
}

Picture<std::uint8_t> random_bytes(Random& random, std::int64_t height, std::int64_t width, std::int64_t channels) {
  Picture<std::uint8_t> picture(height, width, channels);
  for (std::uint8_t& value : picture.values) value = random.byte();
  return picture;
}

Activation random_activation(Random& random) {
  return {static_cast<Activation::Kind>(random.between(0, kActivationKinds - 1)), random.real(-1, 0), random.real(0.5f, 6)};
}

Requantization random_requantization(Random& random, std::int64_t channels, bool to_u8) {
  Requantization result;
  result.to_u8 = to_u8;
  result.activation = random_activation(random);
  result.multiplier = random.reals(channels, 1e-5f, 1e-3f);
  result.offset = random.reals(channels, -20, 20);
  result.zero_point = random.integers<std::int16_t>(channels, -1000, 1000);
  if (to_u8 && !is_scalable(result.activation)) result.inv_scale = random.reals(channels, 5, 40);
  return result;
}

std::vector<std::int16_t> random_weights(Random& random, std::int64_t count) {
  constexpr int kGreatest[] = {kGreatestWeight, 127, 64};  // words, bytes, and bytes of which two products fit into 16 bits
  const int greatest = kGreatest[random.between(0, 2)];
  return random.integers<std::int16_t>(count, -greatest, greatest);
}

RandomWindow::RandomWindow(Random& random)
    : kernel(random.between(1, 7)), stride(random.between(1, 2)), pad(random.between(0, kernel / 2)), in(random.between(kernel, 14)) {
  out = (in + 2 * pad - kernel) / stride + 1;
}

}  // namespace octet::kernels
