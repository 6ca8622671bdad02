#include <algorithm>
#include <cmath>

#include "graph/cubic.h"
#include "graph/op_functions.h"

namespace octet::ops {
namespace {

constexpr double kCubicCoefficient = -0.75;  // PyTorch's and OpenVINO's

// A place from -1 to 1 in pixels.
double pixel_place(double place, std::int64_t size, bool align_corners) {
  const auto pixels = static_cast<double>(size);
  return align_corners ? (place + 1) / 2 * (pixels - 1) : ((place + 1) * pixels - 1) / 2;
}

// Mirrored at the edges as often as needed: at the centres of the outer pixels, or at their borders.
double reflected(double x, std::int64_t size, bool align_corners) {
  const double low = align_corners ? 0 : -0.5, span = align_corners ? static_cast<double>(size - 1) : static_cast<double>(size);
  if (span == 0) return 0;
  const double distance = std::fabs(x - low), turns = std::floor(distance / span), rest = distance - turns * span;
  return std::fmod(turns, 2) == 0 ? low + rest : low + span - rest;
}

// One channel as the samples see it.
struct Plane {
  const double* data;
  std::int64_t height, width;
  const GridSample& op;

  // The nearest element of the data to a whole place outside, or -1 for zero. What is no number lies outside of everything.
  std::int64_t along(double place, std::int64_t size) const {
    if (op.padding == GridSample::Padding::kReflection) place = reflected(place, size, op.align_corners);
    const auto last = static_cast<double>(size - 1);
    if (op.padding != GridSample::Padding::kZeros) place = std::isnan(place) ? 0 : std::clamp(place, 0.0, last);
    return place >= 0 && place <= last ? static_cast<std::int64_t>(std::nearbyint(place)) : -1;
  }
  double at(double y, double x) const {
    const std::int64_t row = along(y, height), column = along(x, width);
    return row < 0 || column < 0 ? 0 : data[row * width + column];
  }
};

double bilinear(const Plane& plane, double y, double x) {
  const double top = std::floor(y), left = std::floor(x), below = y - top, right = x - left;
  const auto row = [&](double at) { return plane.at(at, left) * (1 - right) + plane.at(at, left + 1) * right; };
  return row(top) * (1 - below) + row(top + 1) * below;
}

double bicubic(const Plane& plane, double y, double x) {
  const double top = std::floor(y), left = std::floor(x);
  const auto rows = cubic_shares(y - top, kCubicCoefficient), columns = cubic_shares(x - left, kCubicCoefficient);
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      sum += rows[i] * columns[j] * plane.at(top + static_cast<double>(i) - 1, left + static_cast<double>(j) - 1);
  return sum;
}

// A place as bilinear and nearest sampling see it: padding that is not zero acts on the place, not on the samples around it.
double padded_place(const GridSample& op, double x, std::int64_t size) {
  if (op.padding == GridSample::Padding::kZeros || op.mode == GridSample::Mode::kBicubic) return x;
  if (op.padding == GridSample::Padding::kReflection) x = reflected(x, size, op.align_corners);
  return std::isnan(x) ? 0 : std::clamp(x, 0.0, static_cast<double>(size - 1));
}

double sample(const Plane& plane, double y, double x) {
  y = padded_place(plane.op, y, plane.height);
  x = padded_place(plane.op, x, plane.width);
  switch (plane.op.mode) {
    case GridSample::Mode::kBilinear:
      return bilinear(plane, y, x);
    case GridSample::Mode::kNearest:
      return plane.at(std::nearbyint(y), std::nearbyint(x));
    case GridSample::Mode::kBicubic:
      return bicubic(plane, y, x);
  }
  return 0;
}

}  // namespace

Types infer(const GridSample&, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 1, 4, "grid"));
  for (const std::size_t i : {0, 1})
    if (!is_float(arguments.element(i))) return unsupported("sampling of " + std::string(name_of(arguments.element(i))));
  const Shape &data = arguments.shape(0), &grid = arguments.shape(1);
  if (grid[0] != data[0] || grid[3] != 2) return malformed("grid " + to_string(grid) + " of data " + to_string(data));
  if (data[2] < 1 || data[3] < 1) return malformed("nothing to sample in data of shape " + to_string(data));
  return one_output(arguments.element(0), {data[0], data[1], grid[1], grid[2]});
}

Tensors evaluate(const GridSample& op, const Call& call) {
  const Shape &in = call.shape(0), &out = call.outputs[0].shape;
  const auto data = call.reals(0), grid = call.reals(1);
  const std::int64_t places = out[2] * out[3];
  std::vector<double> result;
  for (std::int64_t n = 0; n < in[0]; ++n)
    for (std::int64_t c = 0; c < in[1]; ++c) {
      const Plane plane{data.data() + (n * in[1] + c) * in[2] * in[3], in[2], in[3], op};
      for (std::int64_t i = 0; i < places; ++i) {
        const double* place = grid.data() + (n * places + i) * 2;
        result.push_back(sample(plane, pixel_place(place[1], in[2], op.align_corners), pixel_place(place[0], in[3], op.align_corners)));
      }
    }
  return {rounded<double>(call.outputs[0], result)};
}

}  // namespace octet::ops
