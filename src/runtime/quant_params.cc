#include "runtime/quant_params.h"

#include <cmath>

namespace octet {
namespace {

// How far from an integer the zero point of limits printed as decimal text may be.
constexpr double kZeroPointTolerance = 1e-2;

bool is_channel_shaped(const Shape& limits, const Shape& data) {
  if (element_count(limits) == 1) return true;
  if (data.size() < 2 || limits.size() != data.size()) return false;
  for (std::size_t axis = 0; axis < limits.size(); ++axis)
    if (limits[axis] != (axis == 1 ? data[1] : 1)) return false;
  return true;
}

}  // namespace

std::optional<QuantParams> quant_params_of(const FakeQuantize& op, const Shape& data, const Tensor& in_low, const Tensor& in_high,
                                           const Tensor& out_low, const Tensor& out_high) {
  if (op.levels != 256 || !is_channel_shaped(in_low.shape(), data) || in_high.shape() != in_low.shape()) return std::nullopt;
  const auto low = to_vector<double>(in_low), high = to_vector<double>(in_high);
  if (to_vector<double>(out_low) != low || to_vector<double>(out_high) != high) return std::nullopt;
  QuantParams params;
  for (std::size_t i = 0; i < low.size(); ++i) {
    const double scale = (high[i] - low[i]) / 255;
    if (!(scale > 0) || !std::isfinite(scale) || low[i] > 0 || high[i] < 0) return std::nullopt;
    const double zero_point = -low[i] / scale;
    if (std::abs(zero_point - std::nearbyint(zero_point)) > kZeroPointTolerance) return std::nullopt;
    params.scale.push_back(static_cast<float>(scale));
    params.zero_point.push_back(static_cast<std::uint8_t>(std::nearbyint(zero_point)));
  }
  return params;
}

}  // namespace octet
