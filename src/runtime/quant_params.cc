#include "runtime/quant_params.h"

#include <cmath>

#include "graph/patterns.h"

namespace octet {
namespace {

// How far from an integer the zero point of limits printed as decimal text may be.
constexpr double kZeroPointTolerance = 1e-2;

}  // namespace

Result<QuantParams> quant_params_of(const FakeQuantize& op, const Shape& data, const Tensor& in_low, const Tensor& in_high,
                                    const Tensor& out_low, const Tensor& out_high) {
  const auto unsupported = [](std::string why) { return Error{ErrorCode::kUnsupported, std::move(why)}; };
  if (op.levels != 256) return unsupported("it has " + std::to_string(op.levels) + " levels, not 256");
  if (!is_per_channel(in_low.shape(), data) || in_high.shape() != in_low.shape())
    return unsupported("the limits " + to_string(in_low.shape()) + " are neither one for all nor one for each channel of " +
                       to_string(data));
  const auto low = to_vector<double>(in_low), high = to_vector<double>(in_high);
  if (to_vector<double>(out_low) != low || to_vector<double>(out_high) != high)
    return unsupported("the limits of the output differ from those of the input");
  QuantParams params;
  for (std::size_t i = 0; i < low.size(); ++i) {
    const double scale = (high[i] - low[i]) / 255;
    if (!(scale > 0) || !std::isnormal(static_cast<float>(scale))) return unsupported("the upper limit is not clearly above the lower one");
    if (low[i] > 0 || high[i] < 0) return unsupported("zero does not lie between the limits");
    const double zero_point = -low[i] / scale;
    if (std::abs(zero_point - std::nearbyint(zero_point)) > kZeroPointTolerance) return unsupported("zero is not one of the 256 values");
    params.scale.push_back(static_cast<float>(scale));
    params.zero_point.push_back(static_cast<std::uint8_t>(std::nearbyint(zero_point)));
  }
  return params;
}

}  // namespace octet
