#include <algorithm>
#include <cmath>

#include "graph/evaluate_ops.h"
#include "graph/positions.h"

namespace octet::reference {
namespace {

struct Range {
  double in_low, in_high, out_low, out_high;
};

double fake_quantize(double x, const Range& r, double steps) {
  if (x <= std::min(r.in_low, r.in_high)) return r.out_low;
  if (x > std::max(r.in_low, r.in_high)) return r.out_high;
  const double level = std::nearbyint((x - r.in_low) / (r.in_high - r.in_low) * steps);
  return level / steps * (r.out_high - r.out_low) + r.out_low;
}

}  // namespace

Tensors run(const FakeQuantize& op, const Call& call) {
  auto values = call.reals(0);
  std::vector<double> bounds[4];
  std::vector<std::int64_t> places[4];
  for (std::size_t i = 0; i < 4; ++i) {
    bounds[i] = call.reals(i + 1);
    places[i] = broadcast_positions(call.shape(i + 1), call.shape(0));
  }
  const auto bound = [&](std::size_t which, std::size_t i) { return bounds[which][static_cast<std::size_t>(places[which][i])]; };
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = fake_quantize(values[i], {bound(0, i), bound(1, i), bound(2, i), bound(3, i)}, static_cast<double>(op.levels - 1));
  return {rounded<double>(call.outputs[0], values)};
}

}  // namespace octet::reference
