#include "runtime/requantization.h"

#include <algorithm>

namespace octet {
namespace {

using Kind = kernels::Activation::Kind;

}  // namespace

kernels::Activation without_implied_limits(kernels::Activation activation, float inv_scale, int zero_point) {
  const float lowest = static_cast<float>(-zero_point), highest = static_cast<float>(255 - zero_point);
  if (activation.kind == Kind::kRelu && zero_point == 0) return {};
  if (activation.kind == Kind::kClamp && activation.a * inv_scale <= lowest && activation.b * inv_scale >= highest) return {};
  return activation;
}

namespace {

// A result's steps of quantization in a real unit of what the activation gives; nothing without a quantization.
std::vector<double> steps_per_unit(std::size_t channels, const Epilogue& epilogue) {
  std::vector<double> steps;
  if (!epilogue.quant) return steps;
  for (std::size_t c = 0; c < channels; ++c)
    steps.push_back((epilogue.scale.empty() ? 1.0 : static_cast<double>(epilogue.scale[c])) /
                    static_cast<double>(epilogue.quant->scale_of(c)));
  return steps;
}

// Of a channel that is moved by whole steps, it is moved as well.
std::int16_t zero_point_of(const Epilogue& epilogue, std::size_t c) {
  return static_cast<std::int16_t>(epilogue.quant->zero_point_of(c) + (epilogue.steps.empty() ? 0 : epilogue.steps[c]));
}

}  // namespace

kernels::Requantization make_requantization(std::span<const double> sum_scale, const Epilogue& epilogue) {
  kernels::Requantization result;
  result.activation = epilogue.activation;
  result.to_u8 = epilogue.quant != nullptr;
  const QuantParams* quant = epilogue.quant.get();
  const std::vector<double> steps = steps_per_unit(sum_scale.size(), epilogue);
  const bool alike = quant && !quant->per_channel() && epilogue.scale.empty();
  const bool moves = !epilogue.steps.empty();  // what bytes imply are no limits of the activation then
  if (alike && !moves)
    result.activation = without_implied_limits(result.activation, 1.0f / quant->scale[0], quant->zero_point[0]);
  else if (quant && !moves && std::all_of(quant->zero_point.begin(), quant->zero_point.end(), [](int z) { return z == 0; }) &&
           result.activation.kind == Kind::kRelu)
    result.activation = {};

  // A clamp with limits of its own for each channel has no kernel, so it keeps real units.
  const bool fold = quant && kernels::is_scalable(result.activation) && (alike || result.activation.kind != Kind::kClamp);
  for (std::size_t c = 0; c < sum_scale.size(); ++c) {
    const double bias = epilogue.bias.empty() ? 0.0 : static_cast<double>(epilogue.bias[c]);
    const double unit = fold ? steps[c] : 1.0;
    result.multiplier.push_back(static_cast<float>(sum_scale[c] * unit));
    result.offset.push_back(static_cast<float>(bias * unit));
    if (quant) result.zero_point.push_back(zero_point_of(epilogue, c));
    if (quant && !fold) result.inv_scale.push_back(static_cast<float>(steps[c]));
  }
  if (fold && alike) result.activation = kernels::scaled(result.activation, 1.0f / quant->scale[0]);
  return result;
}

}  // namespace octet
