#include <algorithm>
#include <cmath>

#include "graph/op_functions.h"
#include "graph/positions.h"

namespace octet::ops {
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

Types infer(const FakeQuantize& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "quantization"));
  if (op.levels < 2 || op.levels > (1 << 16)) return malformed(std::to_string(op.levels) + " levels, expected 2 to 65536");
  const Shape& data = arguments.shape(0);
  for (std::size_t i = 1; i < 5; ++i) {
    OCTET_ASSIGN(const Shape shape, broadcast(data, arguments.shape(i)));
    if (shape != data) return malformed("range " + to_string(arguments.shape(i)) + " does not fit data " + to_string(data));
  }
  return same_type(arguments);
}

Tensors evaluate(const FakeQuantize& op, const Call& call) {
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

}  // namespace octet::ops
