#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace octet::quant {

// Limits of a FakeQuantize: one entry for the tensor or one a channel.
struct Limits {
  std::vector<float> low, high;
};

// Asymmetric limits from a minimum and a maximum, as in reference D.3: too narrow a range is widened, zero is included,
// and the range grows until zero is one of the 256 levels exactly.
void make_asymmetric(double& low, double& high);
Limits asymmetric_limits(std::span<const double> low, std::span<const double> high);

// Symmetric limits, as in reference D.3: from zero to the largest magnitude where no minimum is negative, else from -128/127 of it; at
// least a hundredth of the largest of all.
Limits symmetric_limits(std::span<const double> low, std::span<const double> high);

// Symmetric weights with one scale an output channel: scale = largest magnitude / 127, values -127..127. Each is rounded to the
// nearest but for the few that move the other way so that every plane of `taps` weights (what one filter has for one input
// channel) keeps its sum to half a step: neighbours in an image are alike, so that the error of the sum is what is seen.
// A channel of zeros (or of what is too small to divide) has scale 1. The weights must be finite.
struct WeightQuantization {
  std::vector<std::int8_t> values;
  std::vector<float> scale;
};
WeightQuantization quantize_weights(std::span<const float> weights, std::size_t channels, std::size_t taps);

}  // namespace octet::quant
